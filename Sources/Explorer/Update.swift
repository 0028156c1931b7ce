import Canvas
import Signals
import TerminalUI
import Training

extension ExplorerState {
  /// Folds an action into the state and says what has to be done for it. The only way in which the state changes.
  mutating func update(_ action: Action) -> [Effect] {
    defer {
      holdNewRuns()
      settlePlots(after: action)
      // A tick comes between news and the frame that shows them.
      if case .snapshots = action {} else { settleFeatures() }
    }
    return fold(action) + advanceExport() + advanceSession()
  }

  private mutating func fold(_ action: Action) -> [Effect] {
    switch action {
    case .key(let key): return handle(key)
    case .mouse(let event): return handle(event)
    case .resize(let width, let height):
      (screenWidth, screenHeight) = (width, height)
      return refreshPictures()
    case .snapshots(let snapshots):
      return snapshots.flatMap { absorb($0) }
    case .interrupt:
      // A line that is typed is given up, as a shell's.
      switch overlay {
      case .command, .palette:
        overlay = nil
        return []
      default: break
      }
      // Like q; whoever presses it twice means it.
      if overlay == .confirmQuit || overlay == .leaving { return leave(130) }
      return perform(.quit)
    case .tick(let now, let residentBytes, let availableBytes):
      self.now = now
      if showsNews { self.residentBytes = residentBytes ?? self.residentBytes }
      self.availableBytes = availableBytes ?? self.availableBytes
      advancePlayback()
      advanceDisplay()
      if let message, message.until <= now { self.message = nil }
      return autosave()
    case .pathIsFree(let path):
      if case .export = overlay { return beginExport() }
      if case .session(let prompt) = overlay { return saveSession(named: prompt.line.text) }
      return save(to: path)
    case .pathExists:
      answerPrompt(fault: nil)
      return []
    case .pathFault(_, let fault):
      answerPrompt(fault: fault)
      return []
    case .listed(let folder, let names):
      listing = FolderListing(folder: folder, names: names)
      return goOnCompleting(in: folder)
    case .exported(let path, let count, let recordedStep):
      features.timeLapse?.wrote(upTo: recordedStep)
      say(count == 1 ? "exported \(path)" : "exported \(count) files, the first is \(path)")
      return []
    case .exportFailed(let fault):
      say(fault, .fault, seconds: 10)
      return []
    case .themeRead(let theme, let faults):
      adopt(edited: theme, faults)
      return []
    case .themes(let themes, let faults):
      adopt(themes, faults)
      return []
    case .sessionWritten(let name): return sessionWasWritten(name)
    case .sessionFailed(let fault): return sessionWasNotWritten(fault)
    case .stateFault(let fault):
      // Once is enough: it will be so the next time, too.
      guard !knowsStateFault else { return [] }
      knowsStateFault = true
      say(fault, .fault, seconds: 8)
      return []
    }
  }

  /// Tells the prompt that a path is typed in, if it is still there, what is wrong with it, or that something is there.
  private mutating func answerPrompt(fault: String?) {
    func told<Prompt: PathPrompt>(_ prompt: Prompt) -> Prompt {
      var prompt = prompt
      if fault == nil { prompt.existing = prompt.line.text } else { prompt.fault = fault }
      return prompt
    }
    switch overlay {
    case .save(let prompt): overlay = .save(told(prompt))
    case .export(let prompt): overlay = .export(told(prompt))
    case .session(let prompt): overlay = .session(told(prompt))
    default: break
    }
  }

  /// The first effects: what pictures the engine should make.
  mutating func begin() -> [Effect] { tour == nil ? refreshPictures() : arrangeTour() }

  mutating func say(_ text: String, _ kind: Message.Kind = .information, seconds: Double = 4) {
    message = Message(text: text, kind: kind, since: now, until: now + seconds)
  }

  // MARK: Keys

  private mutating func handle(_ key: Key) -> [Effect] {
    greets = false
    guard Chrome(width: width, height: height) != nil else { return handleUnseen(key) }
    // Whoever goes on has read it, and wants to see the keys again.
    if let message, now - message.since >= Message.readable { self.message = nil }
    switch overlay {
    case nil: break
    case .help(let scroll):
      let distance: Int? = switch key {
      case .down, .character("j"): 1
      case .up, .character("k"): -1
      case .pageDown: helpRows
      case .pageUp: -helpRows
      case .end: helpOverflow
      case .home: -helpOverflow
      default: nil
      }
      overlay = helpOverflow > 0 ? distance.map { .help(min(max(scroll + $0, 0), helpOverflow)) } : nil
      return []
    case .summary(let summary): return read(summary, key)
    case .confirmQuit: return confirmQuit(key)
    case .leaving: return key == .character("q") || key == .character("y") ? leave(0) : []
    case .session(let prompt): return edit(prompt, key)
    case .confirmRemove(let id): return confirmRemove(id, key)
    case .save(let prompt): return edit(prompt, key)
    case .export(let prompt): return edit(prompt, key)
    case .form(let form): return edit(form, key)
    case .order(let prompt): return edit(prompt, key)
    case .themes(let picker): return edit(picker, key)
    case .command(let prompt): return edit(prompt, key)
    case .palette(let palette): return edit(palette, key)
    }
    if let intent = tourIntent(of: key) { return perform(intent) }
    if let count { return handle(key, count: count) }
    guard let intent = keymap.intent(of: key, on: tab) else { return [] }
    return perform(intent)
  }

  /// A key where the screen has no room: nothing happens that cannot be seen, but leaving.
  private mutating func handleUnseen(_ key: Key) -> [Effect] {
    switch overlay {
    case .confirmQuit: return [.character("s"), .character("w")].contains(key) ? [] : confirmQuit(key)
    case .leaving: return key == .character("q") || key == .character("y") ? leave(0) : []
    case nil: break
    default:
      guard key == .escape else { return [] }
      overlay = nil
    }
    guard keymap.intent(of: key, on: tab) == .quit else { return [] }
    return perform(.quit)
  }

  mutating func perform(_ intent: Intent) -> [Effect] {
    switch intent {
    case .tab(let tab): return show(tab)
    case .nextTab: return show(Tab(rawValue: (tab.rawValue + 1) % Tab.allCases.count) ?? .race)
    case .previousTab:
      return show(Tab(rawValue: (tab.rawValue + Tab.allCases.count - 1) % Tab.allCases.count) ?? .race)
    case .toggleError:
      showsError.toggle()
      recolorErrors()
      return refreshPictures()
    case .sortColumn:
      table.nextColumn()
      return []
    case .sortDirection:
      table.isDescending.toggle()
      return []
    case .nextTheme: return nextTheme()
    case .themes: return openThemes()
    case .repaint: return [.repaint]
    case .count:
      count = 0
      return []
    case .command: return openCommands()
    case .palette:
      overlay = .palette(Palette())
      return [.readThemes]
    case .help:
      overlay = .help(0)
      return []
    case .freeze:
      toggleFreeze()
      return []
    case .summary:
      overlay = .summary(Summary(paragraphs: summaryParagraphs))
      return []
    case .save:
      overlay = .save(savePrompt(for: run, thenQuits: false))
      return []
    case .saveSession: return openSessionPrompt()
    case .export: return openExport()
    case .quit:
      guard !unsavedRuns.isEmpty || unwrittenFrames > 0 else { return leave(0) }
      overlay = .confirmQuit
      return []
    case .curves(let intent): return perform(intent)
    case .tradeOff(let intent): return perform(intent)
    case .scaling(let intent): return perform(intent)
    case .features(let intent): return perform(intent)
    case .permutations(let intent): return perform(intent)
    case .compare(let intent): return perform(intent)
    case .window(let intent): return perform(intent)
    case .tour(let intent): return perform(intent)
    default: return performOnRuns(intent)
    }
  }

  // MARK: Mouse

  private mutating func handle(_ event: MouseEvent) -> [Effect] {
    count = nil
    if case .themes(let picker) = overlay { return mouseOnThemes(event, picker) }
    if case .palette(let palette) = overlay { return mouseOnPalette(event, palette) }
    guard overlay == nil, tour == nil || event.x < width && event.y < height, let chrome = Chrome(width: width, height: height) else { return [] }
    if event.y == chrome.tabs?.y {
      guard case .press(.left) = event.kind, let tab = tab(atX: event.x) else { return [] }
      return show(tab)
    }
    switch tab {
    case .race: return mouseOnRace(event)
    case .curves: return mouseOnCurves(event, chrome.body)
    case .tradeOff: return mouseOnTradeOff(event, chrome.body)
    case .scaling: return []
    case .features: return mouseOnFeatures(event, chrome.body)
    case .permutations: return mouseOnPermutations(event, chrome.body)
    case .compare: return mouseOnCompare(event, chrome.body)
    }
  }

  /// Rows and pictures select their run, titles of columns sort.
  private mutating func mouseOnRace(_ event: MouseEvent) -> [Effect] {
    if let effects = mouseOnPictures(event) { return effects }
    guard !isSingle, case .press(.left) = event.kind, let layout = raceLayout else { return [] }
    if let tile = layout.tiles.first(where: { $0.frame.contains(x: event.x, y: event.y) }), let run = tile.run {
      selection = run
      return []
    }
    let rows = runTable.layout(in: layout.table, glyphs: glyphs)
    if let row = rows.row(atY: event.y) {
      selection = tableOrder[row].id
    } else if rows.isHeader(y: event.y), let index = rows.column(atX: event.x),
      let column = RunTable.Column(rawValue: index)
    {
      table.sort(by: column)
    }
    return []
  }

  private mutating func show(_ tab: Tab) -> [Effect] {
    self.tab = tab
    selectWithinView()
    return refreshPictures()
  }

  // MARK: Snapshots

  private mutating func absorb(_ snapshot: Snapshot) -> [Effect] {
    // A run that was removed may still have had something to say.
    guard let index = runs.firstIndex(where: { $0.id == snapshot.run }) else { return [] }
    let isNew = runs[index].absorb(snapshot, heat: errorHeat)
    let run = runs[index]
    if let checkpoint = snapshot.checkpoint { sessions?.pending?.checkpoints[run.id] = checkpoint }
    if isNew { forgetFeatures(of: run.id, generation: run.generation) }
    if run.isPermutation { admitNewcomers() }
    if snapshot.preview != nil, run.held == nil, tab == .compare { followCompareScale() }
    return absorb(snapshot.features, frames: snapshot.frames, of: run.id) + snapshot.notices.flatMap { note($0, of: run.id) }
  }

  private mutating func note(_ notice: Notice, of id: RunID) -> [Effect] {
    switch notice {
    case .saved(let path, let step, let psnr):
      self[id]?.savedStep = step
      say("saved \(path): step \(NumberText.grouped(step)), \(NumberText.fixed(psnr, decimals: 2)) dB")
      guard case .save(let prompt) = overlay else { return [] }
      overlay = nil
      guard prompt.thenQuits else { return [] }
      // Whoever trains on after being saved is not asked after again.
      guard unsavedRuns.contains(where: { $0.savedStep == nil }) || unwrittenFrames > 0 else { return leave(0) }
      overlay = .confirmQuit
      return []
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

  /// Fits the target to its rectangle and asks for previews of the sizes that the view shows.
  mutating func refreshPictures() -> [Effect] {
    if tab == .permutations { refreshOrderPlan() }
    let places = pictureRequests
    if let wanted = places.target, wanted != targetRequest {
      let part = wanted.crop.map { subject.signal.cropped(to: $0) } ?? subject.signal
      (target, targetRequest) = (part.resized(rows: wanted.rows, columns: wanted.columns).raster, wanted)
    }
    var effects: [Effect] = []
    for index in runs.indices where runs[index].request != places.runs[runs[index].id] {
      runs[index].request = places.runs[runs[index].id]
      effects.append(.preview(runs[index].id, runs[index].request))
    }
    return effects + refreshFeatures()
  }

  /// What pictures the view has room for: the target's size in pixels, and a request for every run that is drawn.
  private var pictureRequests: PictureRequests {
    if let requests = recordPictures { return requests }
    switch tab {
    case .race where isSingle:
      guard let layout else { return (nil, [:]) }
      return (layout.view.request(), layout.view.request(includesError: true).map { [run.id: $0] } ?? [:])
    case .race:
      guard let layout = raceLayout else { return (nil, [:]) }
      // Also while they are not shown: a run of long steps would have none for a while.
      let request = layout.view.request(includesError: true)
      let requests = layout.tiles.compactMap(\.run).compactMap { id in request.map { (id, $0) } }
      return (layout.view.request(), Dictionary(requests, uniquingKeysWith: { first, _ in first }))
    case .curves, .tradeOff, .scaling, .features: return (nil, [:])
    case .permutations: return Chrome(width: width, height: height).map { permutationPictures($0.body) } ?? (nil, [:])
    case .compare: return Chrome(width: width, height: height).map { comparePictures($0.body) } ?? (nil, [:])
    }
  }
}

/// What a view wants drawn: the target at a size, and previews of runs.
typealias PictureRequests = (target: PreviewRequest?, runs: [RunID: PreviewRequest])
