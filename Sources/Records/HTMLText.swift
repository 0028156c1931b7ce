import Canvas

/// Text and colours as HTML has them.
enum HTMLText {
  /// Text as content or as an attribute's value; control characters, which HTML may not have, as spaces.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default:
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: result += " "
        default: result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }

  /// The page's style: light, dark where the reader prefers it, and plain black on white on paper.
  ///
  /// - Parameter runs: how many have colours.
  static func style(runs: Int) -> String {
    let (paper, ink, night, chalk) = (RGB(hex: 0xFFFFFF), RGB(hex: 0x000000), RGB(hex: 0x14171C), RGB(hex: 0xFFFFFF))
    func colors(_ theme: Theme, on ground: RGB, towards other: RGB) -> String {
      (0..<runs).map { index in
        guard case .rgb(let color) = theme.run(index) else { return "" }
        return "--r\(index):\(color.legible(on: ground, towards: other).hexadecimal);"
      }.joined()
    }
    let light = "--ground:\(paper.hexadecimal);--text:#1d2127;--dim:#5a616c;--line:#d8dce2;" + colors(.builtInLight, on: paper, towards: ink)
    let dark = "--ground:\(night.hexadecimal);--text:#d5d9e0;--dim:#98a0ac;--line:#333a44;" + colors(.builtIn, on: night, towards: chalk)
    let curves = (0..<runs).map { index in
      ".r\(index){--run:var(--r\(index));stroke-dasharray:\(CurvePlot.dashes(index))}"
    }.joined(separator: "\n")
    return """
      :root{color-scheme:light dark;\(light)}
      @media screen and (prefers-color-scheme:dark){:root{\(dark)}}
      \(sheet)
      \(curves)
      """
  }

  private static let sheet = """
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:80rem;padding:1.5rem;background:var(--ground);color:var(--text);font:15px/1.5 system-ui,sans-serif}
    h1{font-size:1.5rem;margin:0}
    h2{font-size:1.1rem;margin:2rem 0 .6rem}
    h3{font-size:1rem;margin:1rem 0 .2rem}
    p{margin:.3rem 0}
    .dim,figcaption span,dt,th{color:var(--dim)}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;font-variant-numeric:tabular-nums;white-space:nowrap;width:100%}
    th{font-weight:500;text-align:right;border-bottom:1px solid var(--line);padding:.25rem .45rem}
    td{text-align:right;border-bottom:1px solid var(--line);padding:.25rem .45rem}
    th:first-child,td:first-child,th:last-child,td:last-child{text-align:left}
    .choice{display:flex;gap:1rem;flex-wrap:wrap}
    .choice label{cursor:pointer}
    .plot{display:none;margin:0}
    #steps:checked~#by-steps,#seconds:checked~#by-seconds,#macs:checked~#by-macs{display:block}
    .switch{position:absolute;opacity:0}
    #steps:checked~.choice [for=steps],#seconds:checked~.choice [for=seconds],#macs:checked~.choice [for=macs]{font-weight:600;text-decoration:underline}
    #steps:focus-visible~.choice [for=steps],#seconds:focus-visible~.choice [for=seconds],#macs:focus-visible~.choice [for=macs]{outline:2px solid}
    svg{display:block;width:100%;height:auto}
    svg.key{display:inline-block;width:46px;height:10px;margin-right:.5rem}
    svg text{fill:var(--dim);font:12px system-ui,sans-serif}
    svg text.end{fill:var(--run);font-weight:700;font-size:13px}
    svg line{stroke:var(--line);stroke-width:1}
    svg .curve{fill:none;stroke:var(--run);stroke-width:1.8;stroke-linejoin:round}
    svg circle{fill:var(--run);stroke:none}
    .pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:1rem}
    figure{margin:0}
    .pictures img{width:100%;height:auto;display:block}
    .small img{image-rendering:pixelated}
    .number{color:var(--run);font-weight:700}
    dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:0 1.5rem;margin:.3rem 0}
    dl div{display:flex;justify-content:space-between;border-bottom:1px solid var(--line)}
    dd{margin:0}
    code{font:13px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}
    @media print{
    @page{margin:14mm}
    body{max-width:none;padding:0;font-size:9.5pt}
    .plot{display:block;break-inside:avoid}
    .choice{display:none}
    figure,section.run,tr{break-inside:avoid}
    table{font-size:7.5pt}
    th,td{padding:.15rem .3rem}
    .scroll{overflow:visible}
    .pictures{grid-template-columns:repeat(3,1fr)}
    *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
    }
    """
}
