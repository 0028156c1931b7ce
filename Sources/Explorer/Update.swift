import Canvas
import Signals
import TerminalUI
import Training

extension ExplorerState {
  /// Folds an action into the state and says what has to be done for it. The only way in which the state changes.
  mutating func update(_ action: Action) -> [Effect] {
    switch action {
    case .key(let key): return handle(key)
    case .resize(let width, let height):
      (self.width, self.height) = (width, height)
      return refreshPictures()
    case .snapshots(let snapshots):
      return snapshots.flatMap { absorb($0) }
    case .interrupt:
      // Like q; whoever presses it twice means it.
      if overlay == .confirmQuit { return [.quit(130)] }
      return perform(.quit)
    case .tick(let now, let residentBytes):
      self.now = now
      self.residentBytes = residentBytes
      if let message, message.until <= now { self.message = nil }
      return []
    case .pathIsFree(let path): return save(to: path)
    case .pathExists(let path):
      if case .save(var prompt) = overlay {
        prompt.existing = path
        overlay = .save(prompt)
      }
      return []
    case .pathFault(_, let fault):
      if case .save(var prompt) = overlay {
        prompt.fault = fault
        overlay = .save(prompt)
      }
      return []
    }
  }

  /// The first effects: what pictures the engine should make.
  mutating func begin() -> [Effect] { refreshPictures() }

  private mutating func say(_ text: String, _ kind: Message.Kind = .information, seconds: Double = 4) {
    message = Message(text: text, kind: kind, until: now + seconds)
  }

  // MARK: Keys

  private mutating func handle(_ key: Key) -> [Effect] {
    switch overlay {
    case nil: break
    case .help:
      overlay = nil
      return []
    case .confirmQuit: return confirmQuit(key)
    case .save(let prompt): return edit(prompt, key)
    }
    guard let intent = Keymap.intent(of: key) else { return [] }
    return perform(intent)
  }

  private mutating func perform(_ intent: Intent) -> [Effect] {
    switch intent {
    case .togglePause:
      switch run.requestedState ?? run.state {
      case .training:
        run.requestedState = .paused
        return [.pause]
      case .paused:
        run.requestedState = .training
        return [.resume]
      default:
        say("training has ended (\(run.state.rawValue)): r starts again, R with the next seed")
        return []
      }
    case .singleStep:
      guard !run.hasEnded else { return perform(.togglePause) }
      run.requestedState = .paused
      return [.singleStep]
    case .toggleError:
      showsError.toggle()
      return refreshPictures()
    case .reset:
      say("started again with seed \(run.configuration.seed)")
      return [.reset]
    case .reseed:
      let seed = run.configuration.seed &+ 1
      run.configuration.seed = seed
      say("started again with seed \(seed)")
      return [.reseed(seed)]
    case .save:
      overlay = .save(savePrompt(thenQuits: false))
      return []
    case .nextTheme:
      themeIndex = (themeIndex + 1) % themes.count
      say(themes.count > 1 ? "theme \(theme.name)" : "theme \(theme.name): the only one found")
      return []
    case .repaint: return [.repaint]
    case .help:
      overlay = .help
      return []
    case .quit:
      guard run.hasUnsavedWork else { return [.quit(0)] }
      overlay = .confirmQuit
      return []
    }
  }

  private mutating func confirmQuit(_ key: Key) -> [Effect] {
    switch key {
    case .character("y"), .character("q"), .enter: return [.quit(0)]
    case .character("s"):
      overlay = .save(savePrompt(thenQuits: true))
      return []
    case .character("n"), .escape:
      overlay = nil
      return []
    default: return []
    }
  }

  private mutating func save(to path: String) -> [Effect] {
    if case .save(var prompt) = overlay {
      prompt.isSaving = true
      overlay = .save(prompt)
    }
    return [.save(path: path)]
  }

  private func savePrompt(thenQuits: Bool) -> SavePrompt {
    let stem = subject.name.split(separator: ".").first.map(String.init) ?? "picture"
    let name = (stem == "standard input" ? "picture" : stem) + "-\(run.configuration.model.rawValue).safetensors"
    return SavePrompt(line: LineEditor(name), thenQuits: thenQuits)
  }

  private mutating func edit(_ prompt: SavePrompt, _ key: Key) -> [Effect] {
    var prompt = prompt
    switch key {
    case .escape:
      overlay = nil
      return []
    case _ where prompt.isSaving: return []
    case .enter:
      let path = prompt.line.text
      guard !path.isEmpty else { return [] }
      return prompt.existing == path ? save(to: path) : [.checkPath(path)]
    default:
      if prompt.line.handle(key) {
        prompt.existing = nil
        prompt.fault = nil
        overlay = .save(prompt)
      }
      return []
    }
  }

  // MARK: Snapshots

  private mutating func absorb(_ snapshot: Snapshot) -> [Effect] {
    if snapshot.generation != run.generation {
      run.generation = snapshot.generation
      run.curve = Curve()
      (run.reconstruction, run.error, run.savedStep) = (nil, nil, nil)
    }
    run.configuration = snapshot.configuration
    run.cost = snapshot.cost
    run.state = snapshot.state
    if run.hasEnded || run.requestedState == run.state { run.requestedState = nil }
    run.step = snapshot.step
    run.elapsedSeconds = snapshot.elapsedSeconds
    run.trainedSeconds = snapshot.trainedSeconds
    run.stepsPerSecond = snapshot.stepsPerSecond
    run.learningRate = snapshot.learningRate
    run.best = snapshot.best
    run.curve.append(snapshot.metrics)
    run.evaluation = snapshot.evaluation.map {
      RunView.EvaluationNumbers(step: $0.step, psnr: $0.psnr, ssim: $0.ssim, loss: $0.loss)
    }
    if let preview = snapshot.preview { show(preview) }
    return snapshot.notices.flatMap { note($0) }
  }

  private mutating func note(_ notice: Notice) -> [Effect] {
    switch notice {
    case .saved(let path, let step, let psnr):
      run.savedStep = step
      say("saved \(path): step \(NumberText.grouped(step)), \(NumberText.fixed(psnr, decimals: 2)) dB")
      guard case .save(let prompt) = overlay else { return [] }
      overlay = nil
      return prompt.thenQuits ? [.quit(0)] : []
    case .saveFailed(let fault):
      if case .save(var prompt) = overlay {
        prompt.fault = fault
        prompt.isSaving = false
        overlay = .save(prompt)
      } else {
        say(fault, .fault, seconds: 10)
      }
      return []
    }
  }

  // MARK: Pictures

  /// Fits the target to its rectangle and asks for previews of that size.
  private mutating func refreshPictures() -> [Effect] {
    guard let layout else { return ask(for: nil) }
    if let rect = layout.pictures.first(where: { $0.pane == .target })?.picture, !rect.isEmpty,
      target?.width != rect.width || target?.height != 2 * rect.height
    {
      target = subject.signal.resized(rows: 2 * rect.height, columns: rect.width).raster
    }
    return ask(for: layout.request(includesError: showsError))
  }

  private mutating func ask(for request: PreviewRequest?) -> [Effect] {
    guard request != self.request else { return [] }
    self.request = request
    return [.preview(request)]
  }

  private mutating func show(_ preview: Preview) {
    run.reconstruction = preview.picture.raster
    guard let error = preview.error else { return }
    // The scale follows the error down in steps of 1, 2 and 5, so that colours keep their meaning for a while.
    let sorted = error.samples.sorted()
    let high = Double(sorted[min(sorted.count - 1, sorted.count * 98 / 100)])
    if high > run.errorScale || high < run.errorScale / 4 {
      run.errorScale = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5].first { $0 >= high } ?? 1
    }
    let scale = Float(run.errorScale)
    run.error = ColorMap.inferno.raster(
      width: error.shape[1], height: error.shape[0], values: error.samples.map { $0 / scale })
  }
}

extension Signal {
  /// The picture as 8-bit pixels; grey is repeated, values are clamped to [0, 1].
  public var raster: Raster? {
    guard shape.count == 2 else { return nil }
    var pixels = [UInt8]()
    pixels.reserveCapacity(sampleCount * 3)
    for sample in 0..<sampleCount {
      for channel in 0..<3 {
        let value = samples[sample * channels + min(channel, channels - 1)]
        // A value that is not a number compares false everywhere and becomes black.
        pixels.append(value >= 1 ? 255 : value > 0 ? UInt8(value * 255 + 0.5) : 0)
      }
    }
    return Raster(width: shape[1], height: shape[0], pixels: pixels)
  }
}
