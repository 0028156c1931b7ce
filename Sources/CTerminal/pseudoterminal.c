#define _GNU_SOURCE
#include "CTerminal.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int ct_open_pseudoterminal(int across, int down, char *name, size_t size) {
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0) return -1;
  const char *path = grantpt(master) == 0 && unlockpt(master) == 0 ? ptsname(master) : NULL;
  struct winsize window = {.ws_row = (unsigned short)down, .ws_col = (unsigned short)across};
  if (path == NULL || strlen(path) >= size || ioctl(master, TIOCSWINSZ, &window) != 0) {
    close(master);
    return -1;
  }
  strcpy(name, path);
  fcntl(master, F_SETFD, FD_CLOEXEC);
  fcntl(master, F_SETFL, fcntl(master, F_GETFL) | O_NONBLOCK);
  return master;
}

short ct_spawn_session(void) { return POSIX_SPAWN_SETSID; }
