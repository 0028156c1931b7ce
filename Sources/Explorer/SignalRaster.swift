import Canvas
import Signals

extension Signal {
  /// The picture as 8-bit pixels; grey is repeated, values are clamped to [0, 1]. nil for what is no picture.
  public var raster: Raster? {
    guard shape.count == 2 else { return nil }
    let (channels, green, blue) = (channels, min(1, channels - 1), min(2, channels - 1))
    let bytes = 3 * sampleCount
    let pixels = [UInt8](unsafeUninitializedCapacity: bytes) { pixels, count in
      samples.withUnsafeBufferPointer { samples in
        var sample = 0
        while count < bytes {
          if channels == 1 {
            let grey = samples[sample].byte
            (pixels[count], pixels[count + 1], pixels[count + 2]) = (grey, grey, grey)
          } else {
            pixels[count] = samples[sample].byte
            (pixels[count + 1], pixels[count + 2]) = (samples[sample + green].byte, samples[sample + blue].byte)
          }
          (count, sample) = (count + 3, sample + channels)
        }
      }
    }
    return Raster(width: shape[1], height: shape[0], pixels: pixels)
  }
}

extension Float {
  /// As it is shown: clamped to [0, 1]. What is not a number compares false everywhere and becomes black.
  @inline(__always)
  var byte: UInt8 { self >= 1 ? 255 : self > 0 ? UInt8(self * 255 + 0.5) : 0 }
}
