import Canvas

extension ExplorerState {
  func drawCompareView(into frame: inout Frame, _ rect: Rect) {}
}
