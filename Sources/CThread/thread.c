#define _GNU_SOURCE
#include "CThread.h"

#include <string.h>

#ifdef __linux__
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

int thread_number(void) { return (int)syscall(SYS_gettid); }

thread_processors thread_bring_here(int thread) {
  thread_processors before = {0};
  cpu_set_t may, here;
  int processor = sched_getcpu();
  if (processor < 0 || processor >= CPU_SETSIZE) return before;
  if (sched_getaffinity(thread, sizeof may, &may) != 0 || !CPU_ISSET(processor, &may)) return before;
  CPU_ZERO(&here);
  CPU_SET(processor, &here);
  if (sched_setaffinity(thread, sizeof here, &here) != 0) return before;
  _Static_assert(sizeof may == sizeof before.set, "a set of processors");
  memcpy(before.set, &may, sizeof may);
  before.is_known = 1;
  return before;
}

void thread_let_go(const thread_processors *before) {
  cpu_set_t may;
  if (!before->is_known) return;
  memcpy(&may, before->set, sizeof may);
  sched_setaffinity(0, sizeof may, &may);
}
#else
int thread_number(void) { return 0; }

thread_processors thread_bring_here(int thread) {
  (void)thread;
  return (thread_processors){0};
}

void thread_let_go(const thread_processors *before) { (void)before; }
#endif
