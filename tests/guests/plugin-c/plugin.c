// A plugin of the host's world in plain C: the canonical ABI by hand, WASI
// through libc. `wasm-tools component embed` adds the world's types.

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST(name) __attribute__((import_module("worldhost:plugin/host@0.1.0"), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))

typedef struct {
    char *text;
    size_t len;
} string;

typedef struct {
    uint8_t is_error;
    union {
        int32_t ok;
        string error;
    };
} compute_result;

HOST("log") void host_log(const char *text, size_t len);
HOST("compute") void host_compute(int32_t x, compute_result *result);

// The host's strings come into memory that this hands out; each is freed by
// whoever it was given to.
EXPORT("cabi_realloc") void *cabi_realloc(void *old, size_t old_len, size_t align, size_t len) {
    (void)old_len, (void)align; // malloc's alignment is enough for any type
    void *block = realloc(old, len ? len : 1);
    if (!block) abort();
    return block;
}

// `prefix` and `text` in one new string, with a NUL behind its end.
static string join(const char *prefix, const char *text, size_t len) {
    size_t prefix_len = strlen(prefix);
    string s = {.len = prefix_len + len};
    s.text = cabi_realloc(NULL, 0, 1, s.len + 1);
    memcpy(s.text, prefix, prefix_len);
    memcpy(s.text + prefix_len, text, len);
    s.text[s.len] = 0;
    return s;
}

static string copy(const char *text) { return join("", text, strlen(text)); }

static bool parse_int(const char *text, int32_t *number) {
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    *number = (int32_t)value;
    return *text && !isspace((unsigned char)*text) && !*end && !errno && value == *number;
}

static string doubled(int32_t number) {
    compute_result result;
    host_compute(number, &result);
    if (result.is_error) {
        string s = join("error: ", result.error.text, result.error.len);
        free(result.error.text);
        return s;
    }
    char digits[12];
    sprintf(digits, "%d", result.ok);
    return copy(digits);
}

static string first_line(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) return join("error: ", strerror(errno), strlen(strerror(errno)));
    char line[256] = "";
    fgets(line, sizeof line, file);
    fclose(file);
    line[strcspn(line, "\n")] = 0;
    return copy(line);
}

static string upper_case(string input) {
    string s = join("", input.text, input.len);
    for (size_t i = 0; i < s.len; i++) s.text[i] = toupper((unsigned char)s.text[i]);
    return s;
}

EXPORT("process") string *process(char *text, size_t len) {
    static string result;
    string input = join("", text, len);
    free(text);
    string message = join("processing: ", input.text, input.len);
    host_log(message.text, message.len);
    free(message.text);

    int32_t number;
    if (parse_int(input.text, &number)) {
        result = doubled(number);
    } else if (!strncmp(input.text, "env:", 4)) {
        const char *value = getenv(input.text + 4);
        result = copy(value ? value : "error: not set");
    } else if (!strncmp(input.text, "file:", 5)) {
        result = first_line(input.text + 5);
    } else {
        result = upper_case(input);
    }
    free(input.text);
    return &result;
}

EXPORT("cabi_post_process") void process_done(string *result) { free(result->text); }
