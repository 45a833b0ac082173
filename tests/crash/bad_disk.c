/* A disk that fails: writes to files of one name fail from the n-th on, for so many, or move only half of their bytes.
 *
 * Preloaded into a process; armed from within by bad_disk(). Nothing happens to any other file.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char name[256];                 /* part of the path; empty: nothing fails */
static int after, times, error;        /* error 0: a short write */
static int seen;

int bad_disk(const char *part, int first, int count, int code) {
    int before = seen;
    strncpy(name, part, sizeof name - 1);
    after = first; times = count; error = code; seen = 0;
    return before;
}

static int struck(int fd) {
    char link[64], path[4096];
    ssize_t length;
    if (!name[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    if (!strstr(path, name)) return 0;
    seen++;
    return seen >= after && seen < after + times;
}

#define REAL(symbol) static __typeof__(symbol) *real; if (!real) real = (__typeof__(symbol) *)dlsym(RTLD_NEXT, #symbol)

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    REAL(pwrite64);
    if (!struck(fd)) return real(fd, data, size, at);
    if (!error) return real(fd, data, size / 2, at);
    errno = error; return -1;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    REAL(pwrite);
    if (!struck(fd)) return real(fd, data, size, at);
    if (!error) return real(fd, data, size / 2, at);
    errno = error; return -1;
}

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    if (!struck(fd)) return real(fd, data, size);
    if (!error) return real(fd, data, size / 2);
    errno = error; return -1;
}

int fsync(int fd) {
    REAL(fsync);
    if (!struck(fd) || !error) return real(fd);
    errno = error; return -1;
}

int fdatasync(int fd) {
    REAL(fdatasync);
    if (!struck(fd) || !error) return real(fd);
    errno = error; return -1;
}
