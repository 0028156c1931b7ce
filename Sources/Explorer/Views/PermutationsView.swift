import Canvas

extension ExplorerState {
  func drawPermutationsView(into frame: inout Frame, _ rect: Rect) {}
}
