#ifndef ASMR_TUI_CTERMINAL_H
#define ASMR_TUI_CTERMINAL_H
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>
#endif
