package dev.trestle.crypto.x509;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** RFC 7468 text with exactly one item. */
public final class Pem {
  private Pem() {}

  /**
   * The content of the only item, which is of the kind {@code label}; bytes that do not start as
   * text are taken as they are.
   *
   * @throws DecodeException if it is larger than {@code maxSize} or not one item
   */
  public static Bytes decode(Bytes encoded, String label, int maxSize) {
    if (encoded.size() > 2 * maxSize) {
      throw new DecodeException(encoded.size() + " bytes of PEM");
    }
    if (!encoded.isEmpty() && encoded.at(0) == 0x30) {
      return encoded;
    }
    String text = new String(encoded.toArray(), StandardCharsets.ISO_8859_1).strip();
    String begin = "-----BEGIN " + label + "-----";
    String end = "-----END " + label + "-----";
    if (!text.startsWith(begin)
        || !text.endsWith(end)
        || text.length() < begin.length() + end.length()) {
      throw new DecodeException("not PEM of a " + label);
    }
    String body = text.substring(begin.length(), text.length() - end.length());
    StringBuilder digits = new StringBuilder(body.length());
    for (int i = 0; i < body.length(); i++) {
      char each = body.charAt(i);
      if (each != '\n' && each != '\r') {
        digits.append(each);
      }
    }
    try {
      return Bytes.wrap(Base64.getDecoder().decode(digits.toString()));
    } catch (IllegalArgumentException e) {
      throw new DecodeException("not Base64: " + e.getMessage());
    }
  }
}
