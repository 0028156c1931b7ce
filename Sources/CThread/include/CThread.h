// Where a thread works, which Swift's Glibc does not reach: calls of GNU's alone.
#ifndef CTHREAD_H
#define CTHREAD_H

/// The processors on which a thread may work.
typedef struct {
  int is_known;
  unsigned char set[128];
} thread_processors;

/// The number of the calling thread; 0 where the system has none.
int thread_number(void);

/// Lets a thread work on the caller's processor alone, and tells where it might before; not known where that did not
/// change.
thread_processors thread_bring_here(int thread);

/// Lets the calling thread work where it might before.
void thread_let_go(const thread_processors *before);

#endif
