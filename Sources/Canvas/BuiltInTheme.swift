extension Theme {
  /// `themes/asmr.theme`, word for word (a test compares them): the program needs no file to start.
  public static let builtInText = ##"""
    # asmr-tui's own theme, in btop's format: any theme made for btop works here, and this one works there.
    # A colour is "#RRGGBB", "#BW" (two hexadecimal digits of grey), "r g b" (decimal) or "" (the terminal's own).

    # Background: the terminal's own, so that a transparent window stays transparent
    theme[main_bg]=""

    # Text, titles of panes, keys to press
    theme[main_fg]="#c8ccd4"
    theme[title]="#e6e9ef"
    theme[hi_fg]="#56b4e9"

    # What is selected
    theme[selected_bg]="#005f87"
    theme[selected_fg]="#ffffff"

    # Secondary and disabled text, numbers of axes
    theme[inactive_fg]="#7c828d"
    theme[graph_text]="#8d939e"
    theme[meter_bg]="#3a3f47"
    theme[proc_misc]="#e69f00"

    # Outlines of panes (btop's boxes) and lines between them
    theme[cpu_box]="#8ab8d8"
    theme[mem_box]="#7c9c8c"
    theme[net_box]="#9a8fb5"
    theme[proc_box]="#b09078"
    theme[div_line]="#4a505a"

    # Gradients: good, warning, critical
    theme[temp_start]="#2fb992"
    theme[temp_mid]="#e69f00"
    theme[temp_end]="#e8743b"
    theme[cpu_start]="#2fb992"
    theme[cpu_mid]="#e69f00"
    theme[cpu_end]="#e8743b"
    theme[free_start]="#1f6b56"
    theme[free_mid]=""
    theme[free_end]="#2fb992"
    theme[cached_start]="#2f5f7d"
    theme[cached_mid]=""
    theme[cached_end]="#56b4e9"
    theme[available_start]="#7a5a10"
    theme[available_mid]=""
    theme[available_end]="#e69f00"
    theme[used_start]="#7d4226"
    theme[used_mid]=""
    theme[used_end]="#e8743b"
    theme[download_start]="#2f5f7d"
    theme[download_mid]=""
    theme[download_end]="#56b4e9"
    theme[upload_start]="#6d4359"
    theme[upload_mid]=""
    theme[upload_end]="#cc79a7"

    # asmr-tui's own keys; without them they follow from btop's
    theme[frame]="#4a505a"
    theme[frame_focused]="#8ab8d8"
    theme[good]="#2fb992"
    theme[warning]="#e69f00"
    theme[critical]="#e8743b"
    theme[plot_axis]="#5c626d"
    theme[plot_text]="#8d939e"
    theme[plot_line]="#56b4e9"
    theme[plot_mark]="#e69f00"

    # Colours of runs, after Okabe and Ito: apart for every kind of colour vision
    theme[run_1]="#56b4e9"
    theme[run_2]="#e69f00"
    theme[run_3]="#2fb992"
    theme[run_4]="#f0e442"
    theme[run_5]="#cc79a7"
    theme[run_6]="#e8743b"
    theme[run_7]="#8f9bff"
    theme[run_8]="#b8b8b8"

    """##
}
