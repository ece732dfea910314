#include "prompt.h"

#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#define CONFIRM_TIMEOUT_MS 2000

static struct termios terminal;
static bool terminal_is_kept;

void prompt_add_options(struct args *args, bool has_pager)
{
    args_add(args, "--interactive");
    if (!has_pager)
        args_add(args, "--pager=trap '' INT; exec cat");
}

void prompt_prepare(const struct engine *engine)
{
    terminal_is_kept = tcgetattr(STDIN_FILENO, &terminal) == 0;
    engine->set_signal_handlers_enabled(false);
}

void prompt_restore_terminal(void)
{
    if (terminal_is_kept)
        tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
}

bool prompt_confirms_end(const struct engine_run *run, int signal_fd)
{
    fputs("\nsaltwell-local: a query cannot be stopped; Ctrl-C again within 2 s leaves\n", stderr);
    return engine_wait(run, signal_fd, CONFIRM_TIMEOUT_MS) == ENGINE_SIGNAL;
}
