/*
 * Loaded into a program by LD_PRELOAD, counts its calls that change files below a folder, logs them, and lets one fail.
 *
 *   TORTURE_BELOW  the folder; calls elsewhere go through uncounted
 *   TORTURE_LOG    a file for a line a call: "number <tab> call <tab> path <tab> other path <tab> result <tab> ms"
 *   TORTURE_KEEP   a folder that takes what a file holds whenever it is flushed, under the number of that call
 *   TORTURE_AT     the number of the call that fails, from 1
 *   TORTURE_WITH   the number of the error it fails with; "short": it writes half of the bytes; "kill": SIGKILL before it
 *   TORTURE_STICKY all calls from that one on fail that such an error lets fail: a full or read-only disk stays so
 *
 * Build: cc -shared -fPIC -O1 -o preload.so preload.c -ldl -lpthread
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *below, *keep, *with;
static size_t belowLength;
static long calls, at;
static int logFile = -1, sticky;

__attribute__((constructor)) static void start(void) {
  below = getenv("TORTURE_BELOW");
  if (!below) return;
  belowLength = strlen(below);
  keep = getenv("TORTURE_KEEP");
  with = getenv("TORTURE_WITH");
  sticky = getenv("TORTURE_STICKY") != NULL;
  at = getenv("TORTURE_AT") ? atol(getenv("TORTURE_AT")) : 0;
  const char *file = getenv("TORTURE_LOG");
  if (file) logFile = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

static int counts(const char *path) {
  return below && strncmp(path, below, belowLength) == 0 && (path[belowLength] == '/' || path[belowLength] == 0);
}

static void pathOfFile(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
  path[length < 0 ? 0 : length] = 0;
}

static void absolute(int folder, const char *given, char *path) {
  if (given[0] == '/') { snprintf(path, PATH_MAX, "%s", given); return; }
  if (folder == AT_FDCWD) { if (!getcwd(path, PATH_MAX)) path[0] = 0; }
  else pathOfFile(folder, path);
  size_t length = strlen(path);
  snprintf(path + length, PATH_MAX - length, "/%s", given);
}

/* Whether a full disk, or a read-only one, lets this call fail. */
static int isStopped(const char *call, int error) {
  if (error == ENOSPC) return strcmp(call, "unlink") != 0 && strcmp(call, "rmdir") != 0 && strcmp(call, "close") != 0;
  if (error == EROFS) return strcmp(call, "close") != 0 && strcmp(call, "fsync") != 0;
  return 1;
}

static void keepContent(long number, int fd) {
  char name[PATH_MAX], source[64], buffer[65536];
  struct stat found;
  if (fstat(fd, &found) || !S_ISREG(found.st_mode)) return;
  snprintf(source, sizeof source, "/proc/self/fd/%d", fd);
  snprintf(name, sizeof name, "%s/%ld", keep, number);
  int in = syscall(SYS_openat, AT_FDCWD, source, O_RDONLY, 0);
  int out = syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  ssize_t length;
  while (in >= 0 && (length = syscall(SYS_read, in, buffer, sizeof buffer)) > 0) syscall(SYS_write, out, buffer, length);
  syscall(SYS_close, in);
  syscall(SYS_close, out);
}

/* Counts a call; what it is to do: 0 as always, -1 write half, else an error. The lock is held from here to `leave`. */
static int enter(const char *call) {
  pthread_mutex_lock(&lock);
  calls++;
  if (!at || !with) return 0;
  int error = atoi(with);
  if (calls != at && !(sticky && calls > at && isStopped(call, error))) return 0;
  if (strcmp(with, "kill") == 0) { kill(getpid(), SIGKILL); for (;;) pause(); }
  return strcmp(with, "short") == 0 ? -1 : error;
}

static void leave(const char *call, const char *path, const char *other, long result, int fd) {
  int saved = errno;
  if (keep && fd >= 0 && result == 0 && strcmp(call, "fsync") == 0) keepContent(calls, fd);
  if (logFile >= 0) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    char line[2 * PATH_MAX + 128];
    int length = snprintf(line, sizeof line, "%ld\t%s\t%s\t%s\t%ld\t%lld\n", calls, call, path, other,
                          result < 0 ? -(long)saved : result, now.tv_sec * 1000LL + now.tv_nsec / 1000000);
    syscall(SYS_write, logFile, line, length);
  }
  pthread_mutex_unlock(&lock);
  errno = saved;
}

#define REAL(name, result, ...) \
  static result (*real)(__VA_ARGS__); \
  if (!real) real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name);

#define CALL(call, path, other, fd, expression) \
  int error = enter(call); \
  long result; \
  if (error > 0) { errno = error; result = -1; } \
  else result = (expression); \
  leave(call, path, other, result, fd); \
  return result;

static int writes(int fd) {
  int flags = fcntl(fd, F_GETFL);
  return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

#define OPEN(name, folder, declared, passed) \
  int name(declared, const char *given, int flags, ...) { \
    REAL(name, int, declared, const char *, int, ...) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); } \
    char path[PATH_MAX]; \
    absolute(folder, given, path); \
    if (!(flags & O_CREAT) || !counts(path)) return real(passed, given, flags, mode); \
    CALL("create", path, flags & O_EXCL ? "x" : flags & O_TRUNC ? "t" : "", -1, real(passed, given, flags, mode)) \
  }
OPEN(openat, folder, int folder, folder)
OPEN(openat64, folder, int folder, folder)

#define PLAIN_OPEN(name) \
  int name(const char *given, int flags, ...) { \
    REAL(name, int, const char *, int, ...) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); } \
    char path[PATH_MAX]; \
    absolute(AT_FDCWD, given, path); \
    if (!(flags & O_CREAT) || !counts(path)) return real(given, flags, mode); \
    CALL("create", path, flags & O_EXCL ? "x" : flags & O_TRUNC ? "t" : "", -1, real(given, flags, mode)) \
  }
PLAIN_OPEN(open)
PLAIN_OPEN(open64)

#define WRITE(name, result_t, declared, whole, half) \
  result_t name declared { \
    REAL(name, result_t, WRITE_TYPES) \
    char path[PATH_MAX]; \
    pathOfFile(fd, path); \
    if (!counts(path)) return whole; \
    CALL("write", path, "", fd, error < 0 ? half : whole) \
  }
#define WRITE_TYPES int, const void *, size_t
WRITE(write, ssize_t, (int fd, const void *bytes, size_t size), real(fd, bytes, size), real(fd, bytes, (size + 1) / 2))
#undef WRITE_TYPES
#define WRITE_TYPES int, const void *, size_t, off_t
WRITE(pwrite, ssize_t, (int fd, const void *bytes, size_t size, off_t to), real(fd, bytes, size, to), real(fd, bytes, (size + 1) / 2, to))
WRITE(pwrite64, ssize_t, (int fd, const void *bytes, size_t size, off_t to), real(fd, bytes, size, to), real(fd, bytes, (size + 1) / 2, to))
#undef WRITE_TYPES
#define WRITE_TYPES int, const struct iovec *, int
WRITE(writev, ssize_t, (int fd, const struct iovec *pieces, int count), real(fd, pieces, count), real(fd, pieces, (count + 1) / 2))
#undef WRITE_TYPES
#define WRITE_TYPES int, const struct iovec *, int, off_t
WRITE(pwritev, ssize_t, (int fd, const struct iovec *pieces, int count, off_t to), real(fd, pieces, count, to), real(fd, pieces, (count + 1) / 2, to))
WRITE(pwritev64, ssize_t, (int fd, const struct iovec *pieces, int count, off_t to), real(fd, pieces, count, to), real(fd, pieces, (count + 1) / 2, to))
#undef WRITE_TYPES

#define ON_FILE(name, call, needed, types, declared, passed) \
  int name declared { \
    REAL(name, int, types) \
    char path[PATH_MAX]; \
    pathOfFile(fd, path); \
    if (!counts(path) || !(needed)) return real passed; \
    CALL(call, path, "", fd, real passed) \
  }
ON_FILE(fsync, "fsync", 1, int, (int fd), (fd))
ON_FILE(fdatasync, "fsync", 1, int, (int fd), (fd))
ON_FILE(close, "close", writes(fd), int, (int fd), (fd))
#define TRUNCATE_TYPES int, off_t
ON_FILE(ftruncate, "truncate", 1, TRUNCATE_TYPES, (int fd, off_t size), (fd, size))
ON_FILE(ftruncate64, "truncate", 1, TRUNCATE_TYPES, (int fd, off_t size), (fd, size))

#define ON_PATH(name, call, types, declared, passed) \
  int name declared { \
    REAL(name, int, types) \
    char path[PATH_MAX]; \
    absolute(AT_FDCWD, given, path); \
    if (!counts(path)) return real passed; \
    CALL(call, path, "", -1, real passed) \
  }
#define MKDIR_TYPES const char *, mode_t
ON_PATH(mkdir, "mkdir", MKDIR_TYPES, (const char *given, mode_t mode), (given, mode))
ON_PATH(unlink, "unlink", const char *, (const char *given), (given))
ON_PATH(rmdir, "rmdir", const char *, (const char *given), (given))

char *mkdtemp(char *given) {
  REAL(mkdtemp, char *, char *)
  char path[PATH_MAX];
  absolute(AT_FDCWD, given, path);
  if (!counts(path)) return real(given);
  int error = enter("mkdir");
  char *made = NULL;
  if (error > 0) errno = error;
  else made = real(given);
  if (made) absolute(AT_FDCWD, made, path);
  leave("mkdir", path, "", made ? 0 : -1, -1);
  return made;
}

#define ON_TWO(name, call) \
  int name(const char *given, const char *to) { \
    REAL(name, int, const char *, const char *) \
    char path[PATH_MAX], other[PATH_MAX]; \
    absolute(AT_FDCWD, given, path); \
    absolute(AT_FDCWD, to, other); \
    if (!counts(path) && !counts(other)) return real(given, to); \
    CALL(call, path, other, -1, real(given, to)) \
  }
ON_TWO(rename, "rename")
ON_TWO(link, "link")
