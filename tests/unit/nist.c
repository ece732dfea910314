#include "nist.h"

#include <stdio.h>
#include <stdlib.h>

#include <unistd.h>

#define MAX_PATH 4096
#define MAX_LINE 512

static void build_path(const char *file_name, char path[MAX_PATH])
{
    const char *data = getenv("SALTWELL_DATA");
    snprintf(path, MAX_PATH, "%s/nist/%s", data == NULL ? "../shared/data" : data, file_name);
}

bool nist_is_present(void)
{
    char path[MAX_PATH];
    build_path("", path);
    return access(path, R_OK) == 0;
}

/* Takes the number after the line's last colon; leaves *number_out alone on any other line. */
static void read_number(const char *line, const char *label, double *number_out)
{
    const char *colon = strrchr(line, ':');
    if (colon != NULL && strncmp(line, label, strlen(label)) == 0)
        *number_out = strtod(colon + 1, NULL);
}

/* Reads up to the line of dashes that stands before the values. */
static bool read_header(FILE *file, struct nist_set *set)
{
    char line[MAX_LINE];
    double n_values = 0;
    bool is_data_next = false;
    while (fgets(line, sizeof(line), file) != NULL) {
        if (is_data_next && strncmp(line, "---", 3) == 0) {
            set->n_values = (size_t)n_values;
            return n_values >= 1 && n_values <= NIST_MAX_VALUES && set->sd > 0;
        }
        read_number(line, "Sample Mean", &set->mean);
        read_number(line, "Sample Standard Deviation", &set->sd);
        read_number(line, "Number of Observations", &n_values);
        is_data_next = is_data_next || strncmp(line, "Data: Y", 7) == 0;
    }
    return false;
}

static size_t read_values(FILE *file, struct nist_set *set)
{
    size_t n_read = 0;
    double value = 0;
    while (fscanf(file, "%lf", &value) == 1) {
        if (n_read < set->n_values)
            set->values[n_read] = value;
        n_read++;
    }
    return n_read;
}

enum status nist_read(const char *name, struct nist_set *set_out, struct err *err)
{
    char file_name[64];
    char path[MAX_PATH];
    snprintf(file_name, sizeof(file_name), "%s.dat", name);
    build_path(file_name, path);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return err_set(err, STATUS_IO, "cannot open %s", path);
    *set_out = (struct nist_set){0};
    bool has_header = read_header(file, set_out);
    size_t n_read = has_header ? read_values(file, set_out) : 0;
    fclose(file);
    if (!has_header)
        return err_set(err, STATUS_FORMAT, "%s: no certified values found", path);
    if (n_read != set_out->n_values)
        return err_set(err, STATUS_FORMAT, "%s: %zu values expected, %zu found", path,
                       set_out->n_values, n_read);
    return STATUS_OK;
}
