import Canvas

extension ExplorerState {
  func drawScalingView(into frame: inout Frame, _ rect: Rect) {}
}
