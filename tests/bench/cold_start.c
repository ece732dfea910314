/*
 * cold_start: how long from the start of a program to its first answer.
 *
 *   cold_start RUNS BLOCK_FILE PROGRAM [ARGUMENT...]
 *
 * Starts the program RUNS times, gives it the file's bytes, a block without rows, and takes the
 * time until its first bytes come back; for a program that answers nothing to that, until it ends.
 * Prints each time in microseconds, one per line.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_BLOCK_BYTES = 4096 };

static void fail(const char *step)
{
    perror(step);
    exit(1);
}

static pid_t start(char **command, int from, int to)
{
    pid_t child;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, from, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, to, STDOUT_FILENO);
    if (posix_spawn(&child, command[0], &actions, NULL, command, environ) != 0)
        fail("cold_start: cannot start the program");
    posix_spawn_file_actions_destroy(&actions);
    return child;
}

static double microseconds_once(char **command, const char *block, size_t block_bytes)
{
    int in[2], out[2], how;
    char answer[MAX_BLOCK_BYTES];
    struct timespec began, ended;
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
        fail("cold_start: pipe");
    clock_gettime(CLOCK_MONOTONIC, &began);
    pid_t child = start(command, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    if (write(in[1], block, block_bytes) != (ssize_t)block_bytes)
        fail("cold_start: write");
    close(in[1]);
    if (read(out[0], answer, sizeof(answer)) < 0)
        fail("cold_start: read");
    clock_gettime(CLOCK_MONOTONIC, &ended);
    close(out[0]);
    if (waitpid(child, &how, 0) != child || how != 0) {
        fputs("cold_start: the program failed\n", stderr);
        exit(1);
    }
    return (double)(ended.tv_sec - began.tv_sec) * 1e6 +
           (double)(ended.tv_nsec - began.tv_nsec) * 1e-3;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: cold_start RUNS BLOCK_FILE PROGRAM [ARGUMENT...]\n", stderr);
        return 2;
    }
    char block[MAX_BLOCK_BYTES];
    FILE *file = fopen(argv[2], "rb");
    if (file == NULL)
        fail(argv[2]);
    size_t block_bytes = fread(block, 1, sizeof(block), file);
    fclose(file);
    for (int i = atoi(argv[1]); i > 0; i--)
        printf("%.1f\n", microseconds_once(argv + 3, block, block_bytes));
    return 0;
}
