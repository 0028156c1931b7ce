print("asmr-tui")
