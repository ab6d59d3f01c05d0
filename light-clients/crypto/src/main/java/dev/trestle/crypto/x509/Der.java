package dev.trestle.crypto.x509;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import java.io.IOException;
import org.bouncycastle.asn1.ASN1Primitive;

/** Guards the ASN.1 parser: X.690 10.1 lengths, bounded depth, nothing after the end. */
final class Der {
  /** Deepest nesting of constructed values; certificates need about ten. */
  static final int MAX_DEPTH = 24;

  private Der() {}

  /**
   * Parses one value.
   *
   * @throws DecodeException if it is not one value in DER within the limits
   */
  static ASN1Primitive parse(Bytes encoded, int maxSize) {
    if (encoded.size() > maxSize) {
      throw new DecodeException(encoded.size() + " bytes of ASN.1");
    }
    if (walk(encoded, 0, encoded.size(), 0) != encoded.size()) {
      throw new DecodeException("bytes after the end of ASN.1");
    }
    try {
      ASN1Primitive value = ASN1Primitive.fromByteArray(encoded.toArray());
      if (!Bytes.wrap(value.getEncoded("DER")).equals(encoded)) {
        throw new DecodeException("not DER");
      }
      return value;
    } catch (IOException | RuntimeException e) {
      throw new DecodeException("not ASN.1: " + e.getMessage());
    }
  }

  /** Where the value that starts at {@code at} ends. */
  private static int walk(Bytes in, int at, int limit, int depth) {
    if (depth > MAX_DEPTH) {
      throw new DecodeException("ASN.1 nested too deeply");
    }
    int tag = octet(in, at, limit);
    int next = at + 1;
    if ((tag & 0x1f) == 0x1f) {
      throw new DecodeException("a tag of several bytes");
    }
    int length = octet(in, next++, limit);
    if (length >= 0x80) {
      int count = length & 0x7f;
      if (count == 0 || count > 3) {
        throw new DecodeException("a length without or with too many bytes");
      }
      length = 0;
      for (int i = 0; i < count; i++) {
        length = (length << 8) | octet(in, next++, limit);
      }
      if (length < 0x80 || length >>> (8 * (count - 1)) == 0) {
        throw new DecodeException("a length that is not the shortest");
      }
    }
    if (length > limit - next) {
      throw new DecodeException("truncated ASN.1");
    }
    int end = next + length;
    if ((tag & 0x20) != 0) {
      while (next < end) {
        next = walk(in, next, end, depth + 1);
      }
    }
    return end;
  }

  private static int octet(Bytes in, int at, int limit) {
    if (at >= limit) {
      throw new DecodeException("truncated ASN.1");
    }
    return in.at(at);
  }
}
