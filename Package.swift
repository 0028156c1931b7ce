// swift-tools-version: 6.1
import PackageDescription

// Modules that compute are built for the machine at hand unless ASMR_TUI_ARCH names another
// target (a package for others: x86-64-v3). The flag reaches Swift's own code through clang.
let architecture = Context.environment["ASMR_TUI_ARCH"] ?? "native"
let computing: [SwiftSetting] = [
  .unsafeFlags(["-Xcc", "-march=\(architecture)"])
]
// Kernels only: nothing there sees a user's file, and its checks are `throw` or `guard`.
let kernels: [SwiftSetting] = computing + [.unsafeFlags(["-Ounchecked"], .when(configuration: .release))]

let package = Package(
  name: "asmr-tui",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "asmr-tui", targets: ["asmr-tui"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
  ],
  targets: [
    // System libraries: headers only.
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"]), .brew(["onednn", "libomp"])]),
    .systemLibrary(
      name: "CSPNG", pkgConfig: "spng", providers: [.apt(["libspng-dev"]), .brew(["libspng"])]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg",
      providers: [.apt(["libturbojpeg0-dev"]), .brew(["jpeg-turbo"])]),
    .systemLibrary(name: "CGIF", providers: [.apt(["libgif-dev"]), .brew(["giflib"])]),
    .target(
      name: "CTerminal",
      linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo", .when(platforms: [.linux]))]),
    // Knows what it was compiled for; who asks is compiled for any processor.
    .target(name: "CProcessor", cSettings: [.unsafeFlags(["-march=\(architecture)"])]),

    // The house, bottom to top; each may use what stands above it in this list.
    .target(name: "Kernels", dependencies: ["COneDNN"], swiftSettings: kernels),
    .target(name: "Signals", dependencies: ["CSPNG", "CTurboJPEG", "CGIF"]),
    .target(name: "Networks", dependencies: ["Kernels"], swiftSettings: computing),
    .target(name: "Training", dependencies: ["Networks", "Signals", "Kernels"], swiftSettings: computing),
    // Themes are built in; the folder is a link to the one that is installed.
    .target(name: "Canvas", resources: [.embedInCode("Themes")]),
    .target(name: "Records", dependencies: ["Canvas", "Training", "Networks", "Signals"]),
    .target(name: "TerminalUI", dependencies: ["Canvas", "CTerminal"]),
    .target(
      name: "Explorer",
      dependencies: [
        "TerminalUI", "Records", "Canvas", "Training", "Networks", "Signals", .product(name: "TOMLKit", package: "TOMLKit"),
      ]),
    .executableTarget(
      name: "asmr-tui",
      dependencies: [
        "Explorer", "TerminalUI", "Records", "Canvas", "Training", "Networks", "Signals", "Kernels",
        "CProcessor",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .testTarget(name: "KernelsTests", dependencies: ["Kernels"], path: "Tests/Kernels"),
    .testTarget(
      name: "SignalsTests", dependencies: ["Signals"], path: "Tests/Signals", exclude: ["Corpus"]),
    .testTarget(name: "NetworksTests", dependencies: ["Networks", "Kernels"], path: "Tests/Networks"),
    .testTarget(
      name: "TrainingTests", dependencies: ["Training", "Networks", "Signals", "Kernels"], path: "Tests/Training"),
    .testTarget(name: "CanvasTests", dependencies: ["Canvas"], path: "Tests/Canvas"),
    .testTarget(
      name: "RecordsTests", dependencies: ["Records", "Canvas", "Training", "Networks", "Signals"], path: "Tests/Records"),
    .testTarget(
      name: "ExplorerTests",
      dependencies: ["Explorer", "TerminalUI", "Records", "Canvas", "Training", "Networks", "Signals"],
      path: "Tests/Explorer", exclude: ["Golden", "BrokenThemes", "BrokenConfigs"]),
    .testTarget(
      name: "TerminalTests", dependencies: ["Explorer", "TerminalUI", "Canvas", "Training", "Signals", "Kernels"], path: "Tests/Terminal"),
    .testTarget(name: "CommandLineTests", dependencies: ["Training", "Signals"], path: "Tests/CommandLine"),
  ]
)

// Our own warnings are errors where the tests run (`make test` sets this); dependencies keep theirs.
if Context.environment["ASMR_TUI_STRICT"] != nil {
  for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-warnings-as-errors"])]
    target.cSettings = (target.cSettings ?? []) + [.unsafeFlags(["-Wall", "-Werror"])]
  }
}
