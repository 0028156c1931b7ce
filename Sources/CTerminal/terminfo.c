#define _GNU_SOURCE
#include "CTerminal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/mman.h>
#endif
#include <term.h>

int ct_character_columns(wchar_t character) { return wcwidth(character); }

void *ct_open_keys(void) {
  WINDOW *pad = newpad(1, 1);
  if (pad != NULL) {
    keypad(pad, TRUE);
    nodelay(pad, TRUE);
    // On every terminal, whatever terminfo calls a mouse there; after `keypad`, which makes the table of keys.
    define_key("\033[<", CT_KEY_MOUSE_REPORT);
    define_key("\033[M", CT_KEY_OLD_MOUSE_REPORT);
  }
  return pad;
}

void ct_close_keys(void *keys) { delwin(keys); }

int ct_read_key(void *keys, wint_t *code) { return wget_wch(keys, code); }

int ct_check_terminal(const char *name, int fd) {
  int status = 0;
  if (setupterm(name, fd, &status) != OK)
    return status < 0 ? CT_TERMINAL_NO_DATABASE : CT_TERMINAL_UNKNOWN;
  const char *cup = tigetstr("cup");
  int result = cup == NULL || cup == (char *)-1 || *cup == 0 ? CT_TERMINAL_NO_CURSOR : CT_TERMINAL_OK;
  del_curterm(cur_term);
  return result;
}

// Copies without `$<…>`: nothing here is slow enough to need padding.
static size_t copy_unpadded(const char *text, char *buffer, size_t size) {
  size_t length = 0;
  if (text == NULL || text == (char *)-1) return 0;
  while (*text != 0 && length < size) {
    const char *end;
    if (text[0] == '$' && text[1] == '<' && (end = strchr(text, '>')) != NULL) {
      text = end + 1;
    } else {
      buffer[length++] = *text++;
    }
  }
  return length;
}

size_t ct_capability(const char *name, char *buffer, size_t size) {
  return copy_unpadded(tigetstr(name), buffer, size);
}

size_t ct_cursor_address(int row, int column, char *buffer, size_t size) {
  const char *cup = tigetstr("cup");
  if (cup == NULL || cup == (char *)-1) return 0;
  return copy_unpadded(tparm(cup, row, column, 0, 0, 0, 0, 0, 0, 0), buffer, size);
}

int ct_flag(const char *name) { return tigetflag(name) > 0; }

int ct_memory_file(void) {
#ifdef __linux__
  return memfd_create("ncurses", MFD_CLOEXEC);
#else
  char name[] = "/tmp/ncurses.XXXXXX";
  int fd = mkstemp(name);
  if (fd >= 0) {
    unlink(name);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  return fd;
#endif
}

int ct_duplicate_onto(int from, int onto) {
#ifdef __linux__
  return dup3(from, onto, O_CLOEXEC);
#else
  int result = dup2(from, onto);
  if (result >= 0) fcntl(onto, F_SETFD, FD_CLOEXEC);
  return result;
#endif
}

int ct_window_size(int fd, int *across, int *down) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) != 0) return -1;
  *across = size.ws_col;
  *down = size.ws_row;
  return 0;
}
