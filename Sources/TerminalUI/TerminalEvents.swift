import CTerminal
import Canvas

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Terminal {
  /// Waits until something happens, at most for `timeout` (nil: for ever), and reports all of it in order; nothing when
  /// the time ran out.
  ///
  /// Meanwhile frames that the terminal could not take at once go out.
  public func nextEvents(timeout: Duration? = nil) -> [Event] {
    guard isOpen else { return [.terminate(signal: SIGHUP)] }
    let early = eventsTypedAhead()
    if !early.isEmpty { return early }
    let deadline = timeout.map { ContinuousClock.now.advanced(by: $0) }
    while true {
      var descriptors = [
        pollfd(fd: inputDescriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: signals.read, events: Int16(POLLIN), revents: 0),
        pollfd(fd: waker.readEnd, events: Int16(POLLIN), revents: 0),
      ]
      if output.isWaiting { descriptors.append(pollfd(fd: output.descriptor, events: Int16(POLLOUT), revents: 0)) }
      let count = poll(&descriptors, nfds_t(descriptors.count), Terminal.milliseconds(until: deadline))
      if count < 0, errno != EINTR, errno != EAGAIN { return [.terminate(signal: SIGHUP)] }
      if descriptors.count > 3, descriptors[3].revents != 0 {
        output.flush()
        presentDeferred()
      }
      var events: [Event] = []
      if count > 0 {
        if descriptors[1].revents != 0 { events += signalEvents() }
        if descriptors[0].revents & Int16(POLLIN) != 0 { events += inputEvents() }
        if descriptors[2].revents != 0, waker.drain() { events.append(.wake) }
        let gone = Int16(POLLHUP) | Int16(POLLERR) | Int16(POLLNVAL)
        if descriptors[0].revents & gone != 0 || output.isBroken { events.append(.terminate(signal: SIGHUP)) }
      }
      if !events.isEmpty { return events }
      if let deadline, ContinuousClock.now >= deadline { return [] }
    }
  }

  /// What is left until a moment, rounded up, as `poll` wants it.
  private static func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
    guard let deadline else { return -1 }
    let left = deadline - ContinuousClock.now
    guard left > .zero else { return 0 }
    let parts = left.components
    guard parts.seconds < 1_000_000 else { return 1_000_000_000 }
    return Int32(parts.seconds * 1000 + (parts.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }

  /// Keys of a time before the screen was there.
  private func eventsTypedAhead() -> [Event] {
    defer { typedAhead = [] }
    return decoder.events(String(decoding: typedAhead, as: UTF8.self).unicodeScalars.map { ($0.value, false) })
  }

  /// Takes over what the probe has left: keys that were typed meanwhile, and answers that may still come.
  func expectAnswers(typed: [UInt8], isLate: Bool) {
    typedAhead = typed
    if isLate { decoder.expectsAnswers(until: .now + .seconds(1)) }
  }

  private func inputEvents() -> [Event] {
    var codes: [(code: UInt32, isFunction: Bool)] = []
    // A paste is read in parts, so that the screen stays alive.
    while codes.count < 4096, let read = curses.readKey() { codes.append(read) }
    let isExpecting = decoder.isExpecting
    let events = decoder.events(codes)
    guard isExpecting, !decoder.isExpecting, adoptCell(decoder.answers) else { return events }
    return events + [.resize(width: width, height: height)]
  }

  /// Finds out again how large a cell is, where pictures are made of pixels: the window may have another font. The terminal
  /// is asked if it has ever answered; its answer comes among the keys and makes another `resize`.
  func askForCell() {
    guard let known = capabilities.probe?.answers, !capabilities.graphics.isCells, !capabilities.choice.isCellGiven else { return }
    guard known.graphicsSize != nil || known.cellSize != nil else {
      _ = adoptCell(ProbeAnswers())
      return
    }
    decoder.expectsAnswers(until: .now + .seconds(1))
    output.send(Array(ProbeAnswers.cellQuestions.utf8))
  }

  /// Whether a cell has another size now.
  private func adoptCell(_ answers: ProbeAnswers) -> Bool {
    guard !capabilities.graphics.isCells, !capabilities.choice.isCellGiven else { return false }
    let (cell, reason) = GraphicsChoice.cell(answers, Terminal.windowSize(output.descriptor))
    guard cell != capabilities.choice.cell else { return false }
    (capabilities.choice.cell, capabilities.choice.cellReason) = (cell, reason)
    let waker = waker
    compositor = Compositor(capabilities: capabilities) { waker.wake() }
    return true
  }

  /// Takes in what the terminal still answers, so that the shell does not read it.
  func awaitAnswers() {
    let deadline = ContinuousClock.now + .milliseconds(100)
    while decoder.isExpecting, ContinuousClock.now < deadline {
      var wait = pollfd(fd: inputDescriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&wait, 1, Terminal.milliseconds(until: deadline)) > 0, wait.revents & Int16(POLLIN) != 0 else { return }
      _ = inputEvents()
    }
  }

  private func signalEvents() -> [Event] {
    var events: [Event] = []
    var resized = false
    for byte in Waker.readAll(signals.read) {
      switch Int32(byte) {
      case SIGWINCH: resized = true
      case SIGTSTP:
        let ending = suspend()
        events += ending.map { .terminate(signal: $0) }
        events += [.suspended, .resumed, .resize(width: width, height: height)]
      case SIGCONT:
        // Somebody may have changed every mode meanwhile.
        events += resume().map { .terminate(signal: $0) }
        events += [.resumed, .resize(width: width, height: height)]
      default: events.append(.terminate(signal: Int32(byte)))
      }
    }
    if resized {
      // Even at the same size the content may be lost (a window that was resized twice in between).
      readSize()
      arm()
      compositor.invalidate()
      askForCell()
      events.append(.resize(width: width, height: height))
    }
    return events
  }
}
