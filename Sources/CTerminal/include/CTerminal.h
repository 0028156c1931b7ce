// What Swift cannot import of ncurses (macros, variadics, global state), and the signal handlers, which must be C.
#ifndef ASMR_TUI_CTERMINAL_H
#define ASMR_TUI_CTERMINAL_H

#define NCURSES_WIDECHAR 1
#ifndef _XOPEN_SOURCE_EXTENDED
#define _XOPEN_SOURCE_EXTENDED 1
#endif
#include <curses.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>
#include <wchar.h>

// MARK: ncurses

/// Bits of `ct_put`'s attributes.
enum { CT_BOLD = 1, CT_DIM = 2, CT_REVERSE = 4, CT_UNDERLINE = 8 };

/// The range of function keys: F1 is CT_KEY_F0 + 1.
enum { CT_KEY_F0 = KEY_F0, CT_KEY_F63 = KEY_F0 + 63 };

static inline WINDOW *ct_stdscr(void) { return stdscr; }
static inline WINDOW *ct_curscr(void) { return curscr; }
static inline int ct_lines(void) { return LINES; }
static inline int ct_columns(void) { return COLS; }
static inline int ct_colors(void) { return COLORS; }
static inline int ct_color_pairs(void) { return COLOR_PAIRS; }

/// Puts one character (a base and its combining marks, ended by 0) into ncurses' idea of the screen.
static inline void ct_put(int y, int x, const wchar_t *text, unsigned attributes, int pair) {
  attr_t flags = WA_NORMAL;
  if (attributes & CT_BOLD) flags |= WA_BOLD;
  if (attributes & CT_DIM) flags |= WA_DIM;
  if (attributes & CT_REVERSE) flags |= WA_REVERSE;
  if (attributes & CT_UNDERLINE) flags |= WA_UNDERLINE;
  cchar_t cell;
  // The pair does not fit a short: it goes into `opts`.
  if (setcchar(&cell, text, flags, 0, &pair) == OK) mvadd_wch(y, x, &cell);
}

/// Codes of our own, beyond those of ncurses: the beginnings of a mouse report in SGR form (`ESC [ <`) and in the old one
/// (`ESC [ M`, three bytes follow). Not KEY_MOUSE: seeing that, ncurses waits for the rest of a gesture.
enum { CT_KEY_MOUSE_REPORT = 0x6001, CT_KEY_OLD_MOUSE_REPORT = 0x6002 };

/// Columns of a character as the C library (and so ncurses) has it, -1 for what cannot be printed.
int ct_character_columns(wchar_t character);

/// A window that only reads keys: reading from one that shows something would refresh it first. Void, since whether
/// Swift sees a struct or an opaque pointer depends on how ncurses was built.
void *ct_open_keys(void);
void ct_close_keys(void *keys);
/// OK, KEY_CODE_YES or ERR (nothing is waiting).
int ct_read_key(void *keys, wint_t *code);

/// Result of `ct_check_terminal`.
enum { CT_TERMINAL_OK = 0, CT_TERMINAL_UNKNOWN = 1, CT_TERMINAL_NO_CURSOR = 2, CT_TERMINAL_NO_DATABASE = 3 };

/// Whether terminfo knows a terminal that can place its cursor.
int ct_check_terminal(const char *name, int fd);

/// A terminfo string of the open terminal without its padding; returns its length, 0 when there is none.
size_t ct_capability(const char *name, char *buffer, size_t size);

/// The string that moves the cursor; returns its length.
size_t ct_cursor_address(int row, int column, char *buffer, size_t size);

/// Whether terminfo has an extended flag (RGB, Tc).
int ct_flag(const char *name);

// MARK: files

/// An unnamed file in memory, into which ncurses writes instead of the terminal; -1 on failure.
int ct_memory_file(void);

/// dup2 that closes on exec.
int ct_duplicate_onto(int from, int onto);

/// The size of a terminal; 0 on success.
int ct_window_size(int fd, int *across, int *down);

// MARK: pseudo-terminals

/// Our end of a new terminal of a size in characters, non-blocking; its other end's path goes to `name`. -1 on failure.
int ct_open_pseudoterminal(int across, int down, char *name, size_t size);

/// The flag of posix_spawn for a session of one's own, which Swift does not see.
short ct_spawn_session(void);

// MARK: signals

/// Writes a byte for each SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGINT and SIGHUP into `fd` (non-blocking); the
/// actions found are kept for `ct_restore_signals`. Calling it again renews the handlers.
void ct_install_signals(int fd);
void ct_restore_signals(void);

/// Stops the process as SIGTSTP does by default; returns when it was continued.
void ct_stop(void);

/// From now on a crash (or exit) writes `reset` to `fd` and sets `modes` first. Replaces what was armed before.
void ct_arm(int fd, const struct termios *modes, const char *reset, size_t length);
void ct_disarm(void);

/// Does now what a crash would do, once; safe in signal handlers.
void ct_reset_terminal(void);

#endif
