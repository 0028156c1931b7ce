#define _GNU_SOURCE
#include "CTerminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// Signals that the main loop acts on, in its own time.
static const int polite[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGINT, SIGHUP};
// Signals after which nothing of ours runs any more. SIGQUIT is here for the case that the main loop hangs.
static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGSYS, SIGQUIT};

static struct sigaction polite_before[COUNT(polite)];
static struct sigaction fatal_before[COUNT(fatal)];
static int installed = 0;
static _Atomic int signal_fd = -1;

static struct {
  int fd;
  struct termios modes;
  char reset[2048];
  size_t length;
} rescue;
static _Atomic int armed = 0;

static void on_polite(int signal) {
  int saved = errno;
  unsigned char byte = (unsigned char)signal;
  int fd = atomic_load(&signal_fd);
  if (fd >= 0) (void)!write(fd, &byte, 1);
  errno = saved;
}

void ct_reset_terminal(void) {
  // Whoever comes first does it; a second crash in here must not start over.
  if (!atomic_exchange(&armed, 0)) return;
  int saved = errno;
  // Setting modes from the background would stop us.
  sigset_t ttou, old;
  sigemptyset(&ttou);
  sigaddset(&ttou, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &ttou, &old);
  const char *at = rescue.reset;
  size_t left = rescue.length;
  // A terminal that does not drain gets a second, then we go without.
  for (int tries = 0; left > 0 && tries < 50;) {
    ssize_t written = write(rescue.fd, at, left);
    if (written > 0) {
      at += written;
      left -= (size_t)written;
    } else if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
      struct pollfd wait = {.fd = rescue.fd, .events = POLLOUT, .revents = 0};
      poll(&wait, 1, 20);
      tries++;
    } else {
      break;
    }
  }
  tcsetattr(rescue.fd, TCSANOW, &rescue.modes);
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  errno = saved;
}

static void on_fatal(int signal, siginfo_t *info, void *context) {
  (void)context;
  ct_reset_terminal();
  for (size_t i = 0; i < COUNT(fatal); i++)
    if (fatal[i] == signal) sigaction(signal, &fatal_before[i], NULL);
  // A fault of the processor happens again when we return, with its true context for Swift's backtrace.
  int faults = signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE;
  if (faults && info != NULL && info->si_code > 0) return;
  // A signal that somebody sent has to be sent again, now, to whoever had it before us; and when that returns, as
  // Swift's backtrace does since it expects a fault to repeat, the process still has to end.
  sigset_t own;
  sigemptyset(&own);
  sigaddset(&own, signal);
  pthread_sigmask(SIG_UNBLOCK, &own, NULL);
  raise(signal);
  struct sigaction standard;
  memset(&standard, 0, sizeof standard);
  sigemptyset(&standard.sa_mask);
  standard.sa_handler = SIG_DFL;
  sigaction(signal, &standard, NULL);
  raise(signal);
}

// Only the main thread gets a stack of its own for this; others use theirs, which an overflow alone would prevent.
static char signal_stack[64 * 1024];

void ct_install_signals(int fd) {
  atomic_store(&signal_fd, fd);
  stack_t current;
  if (sigaltstack(NULL, &current) == 0 && (current.ss_flags & SS_DISABLE)) {
    stack_t stack = {.ss_sp = signal_stack, .ss_size = sizeof signal_stack, .ss_flags = 0};
    sigaltstack(&stack, NULL);
  }
  struct sigaction action;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  action.sa_handler = on_polite;
  for (size_t i = 0; i < COUNT(polite); i++)
    sigaction(polite[i], &action, installed ? NULL : &polite_before[i]);
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  action.sa_sigaction = on_fatal;
  for (size_t i = 0; i < COUNT(fatal); i++)
    sigaction(fatal[i], &action, installed ? NULL : &fatal_before[i]);
  installed = 1;
}

void ct_restore_signals(void) {
  if (!installed) return;
  for (size_t i = 0; i < COUNT(polite); i++) sigaction(polite[i], &polite_before[i], NULL);
  for (size_t i = 0; i < COUNT(fatal); i++) sigaction(fatal[i], &fatal_before[i], NULL);
  atomic_store(&signal_fd, -1);
  installed = 0;
}

void ct_stop(void) {
  struct sigaction standard, ours;
  memset(&standard, 0, sizeof standard);
  sigemptyset(&standard.sa_mask);
  standard.sa_handler = SIG_DFL;
  sigaction(SIGTSTP, &standard, &ours);
  sigset_t stop, old;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &stop, &old);
  // The whole process group stops together on a typed Ctrl-Z; only we caught the signal, so only we repeat it.
  raise(SIGTSTP);
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  sigaction(SIGTSTP, &ours, NULL);
}

void ct_arm(int fd, const struct termios *modes, const char *reset, size_t length) {
  atomic_store(&armed, 0);
  rescue.fd = fd;
  rescue.modes = *modes;
  rescue.length = length < sizeof rescue.reset ? length : sizeof rescue.reset;
  memcpy(rescue.reset, reset, rescue.length);
  atomic_store(&armed, 1);
}

void ct_disarm(void) { atomic_store(&armed, 0); }
