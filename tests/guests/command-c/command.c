// A command of WASI preview 1 in plain C: a core module, as most C toolchains make them.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Each function of the command is an argument: `args A...`, `env NAME`, `cat FILE`,
// `write FILE TEXT`, `copy` (stdin to stdout), `exit CODE`, `abort`.

static int fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    return 1;
}

static int copy(FILE *from) {
    char buffer[4096];
    size_t length;
    while ((length = fread(buffer, 1, sizeof buffer, from)) > 0)
        fwrite(buffer, 1, length, stdout);
    return 0;
}

static int cat(const char *path) {
    FILE *file = fopen(path, "r");
    return file ? copy(file) : fail(path);
}

static int save(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        return fail(path);
    return 0;
}

static int is(const char *command, int count, char **args, int needed) {
    return count >= needed && strcmp(args[1], command) == 0;
}

int main(int count, char **args) {
    if (is("args", count, args, 2)) {
        for (int i = 0; i < count; i++)
            printf("%s\n", i == 1 ? "-" : args[i]);
        return 0;
    }
    if (is("env", count, args, 3)) {
        const char *value = getenv(args[2]);
        printf("%s\n", value ? value : "(unset)");
        return 0;
    }
    if (is("cat", count, args, 3))
        return cat(args[2]);
    if (is("write", count, args, 4))
        return save(args[2], args[3]);
    if (is("copy", count, args, 2))
        return copy(stdin);
    if (is("exit", count, args, 3))
        exit(atoi(args[2]));
    if (is("abort", count, args, 2))
        abort();
    fprintf(stderr, "not known\n");
    return 2;
}
