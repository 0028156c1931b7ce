/// The sections of the manual page that no table of the program holds.
extension ManualPage {
  static let closing: [String] =
    #"""
    .Sh ENVIRONMENT
    .Bl -tag -width Ds
    .It Ev XDG_STATE_HOME , Ev XDG_CONFIG_HOME
    In the place of
    .Pa ~/.local/state
    and
    .Pa ~/.config .
    .It Ev ASMR_TUI_CONFIG
    The configuration file; every value in it has a variable, too, see
    .Sx CONFIGURATION .
    .It Ev NO_COLOR
    When not empty: no colours.
    .It Ev COLORTERM
    .Li truecolor
    or
    .Li 24bit
    where the terminal has all colours.
    .It Ev TERM
    The terminal, for ncurses.
    .It Ev LC_ALL , Ev LC_CTYPE , Ev LANG
    Where none of them says UTF\-8, everything is ASCII.
    .El
    .Sh FILES
    .Bl -tag -width Ds
    .It Pa ~/.local/state/asmr-tui/ Ns Ar name Ns Pa \&.session
    Sessions, and
    .Ar name Ns Pa \&.previous.session
    for the one that each replaced.
    Safetensors files; see
    .Cm sessions .
    .It Pa ~/.local/state/asmr-tui/history , Pa ~/.local/state/asmr-tui/theme
    Typed commands, and the theme that was taken last.
    .It Pa ~/.config/asmr-tui/config.toml
    The configuration.
    .It Pa ~/.config/asmr-tui/themes/ Ns Ar name Ns Pa \&.theme
    Themes in the format of btop, searched before those beside the program and
    those that are built in.
    .It Pa ../share/asmr-tui/themes , Pa ../share/asmr-tui/demos
    From the program's own folder: the themes and the demonstrations that came
    with it.
    .El
    .Sh EXIT STATUS
    .Bl -tag -width "128 + n"
    .It 0
    All is done.
    .It 64
    The command line asks for something impossible, or a run would not fit the
    memory.
    .It 65
    A file's content is wrong.
    .It 66
    There is no such input.
    .It 69
    The processor lacks instructions that the program was built for.
    .It 70
    The run diverged.
    .It 73
    An output cannot be written.
    .It 128 + n
    Ended by signal n, in order: 130 by Control\-C.
    .El
    .Sh EXAMPLES
    Five models at once on a picture:
    .Dl asmr\-tui picture.png \-\-race
    .Pp
    Two runs with fields of their own:
    .Dl asmr\-tui picture.png \-\-run asmr,bases=4,4,4,8 \-\-run siren,hidden=128
    .Pp
    Go on where it was left, and write what has come of it:
    .Dl asmr\-tui \-\-resume
    .Dl asmr\-tui report \-\-output report.html
    .Pp
    Without a screen:
    .Dl asmr\-tui train picture.png \-\-output out.png \-\-save model.safetensors \-\-json \-
    .Dl asmr\-tui features model.safetensors \-\-level all \-\-units 0\-15 \-\-output maps.png
    .Pp
    What the terminal can do:
    .Dl asmr\-tui doctor
    .Sh SEE ALSO
    .Xr btop 1 ,
    .Xr img2sixel 1
    .Rs
    .%T ASMR: Activation-Sharing Multi-Resolution Coordinate Networks for Efficient Inference
    .%B ICLR
    .%D 2024
    .Re
    """#.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}
