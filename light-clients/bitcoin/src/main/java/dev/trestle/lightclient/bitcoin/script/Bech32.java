package dev.trestle.lightclient.bitcoin.script;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Bech32 (BIP-173) and bech32m (BIP-350): text with a checksum over 5-bit groups. */
final class Bech32 {
  private static final String CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  private static final int[] GENERATOR = {
    0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3
  };
  private static final int CHECKSUM = 6;
  private static final int MAX_LENGTH = 90;

  private Bech32() {}

  /** The checksum's constant tells the two forms apart. */
  enum Encoding {
    BECH32(1),
    BECH32M(0x2bc830a3);

    private final int constant;

    Encoding(int constant) {
      this.constant = constant;
    }
  }

  /** Human-readable part and 5-bit groups of a valid text. */
  static final class Decoded {
    final Encoding encoding;
    final String hrp;
    final byte[] groups;

    private Decoded(Encoding encoding, String hrp, byte[] groups) {
      this.encoding = encoding;
      this.hrp = hrp;
      this.groups = groups;
    }
  }

  static String encode(Encoding encoding, String hrp, byte[] groups) {
    byte[] all = Arrays.copyOf(groups, groups.length + CHECKSUM);
    int remainder = polymod(hrp, all) ^ encoding.constant;
    for (int i = 0; i < CHECKSUM; i++) {
      all[groups.length + i] = (byte) (remainder >>> (5 * (5 - i)) & 31);
    }
    StringBuilder text = new StringBuilder(hrp).append('1');
    for (byte group : all) {
      text.append(CHARSET.charAt(group));
    }
    return text.toString();
  }

  /** Empty for a wrong checksum, mixed case, a character or a length out of range. */
  static Optional<Decoded> decode(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    boolean oneCase = text.equals(lower) || text.equals(text.toUpperCase(Locale.ROOT));
    int separator = lower.lastIndexOf('1');
    if (text.length() > MAX_LENGTH
        || !oneCase
        || separator < 1
        || separator + 1 + CHECKSUM > lower.length()) {
      return Optional.empty();
    }
    String hrp = lower.substring(0, separator);
    if (hrp.chars().anyMatch(c -> c < 33 || c > 126)) {
      return Optional.empty();
    }
    byte[] groups = new byte[lower.length() - separator - 1];
    for (int i = 0; i < groups.length; i++) {
      int group = CHARSET.indexOf(lower.charAt(separator + 1 + i));
      if (group < 0) {
        return Optional.empty();
      }
      groups[i] = (byte) group;
    }
    int constant = polymod(hrp, groups);
    for (Encoding encoding : Encoding.values()) {
      if (encoding.constant == constant) {
        byte[] data = Arrays.copyOf(groups, groups.length - CHECKSUM);
        return Optional.of(new Decoded(encoding, hrp, data));
      }
    }
    return Optional.empty();
  }

  /** Cuts bytes into 5-bit groups, the last one padded with zeros. */
  static byte[] toGroups(int first, byte[] bytes) {
    byte[] groups = new byte[1 + (bytes.length * 8 + 4) / 5];
    groups[0] = (byte) first;
    int bits = 0;
    int held = 0;
    int at = 1;
    for (byte each : bytes) {
      held = (held << 8 | (each & 0xff)) & 0xfff;
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        groups[at++] = (byte) (held >>> bits & 31);
      }
    }
    if (bits > 0) {
      groups[at] = (byte) (held << (5 - bits) & 31);
    }
    return groups;
  }

  /**
   * Joins the groups from {@code from} on to bytes; empty for padding that is not under 5 zeros.
   */
  static Optional<byte[]> fromGroups(byte[] groups, int from) {
    int total = (groups.length - from) * 5;
    byte[] bytes = new byte[total / 8];
    int bits = 0;
    int held = 0;
    int at = 0;
    for (int i = from; i < groups.length; i++) {
      held = (held << 5 | groups[i]) & 0xfff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes[at++] = (byte) (held >>> bits);
      }
    }
    boolean padded = bits >= 5 || (held & ((1 << bits) - 1)) != 0;
    return padded ? Optional.empty() : Optional.of(bytes);
  }

  private static int polymod(String hrp, byte[] groups) {
    int checksum = 1;
    for (int i = 0; i < hrp.length(); i++) {
      checksum = step(checksum, hrp.charAt(i) >>> 5);
    }
    checksum = step(checksum, 0);
    for (int i = 0; i < hrp.length(); i++) {
      checksum = step(checksum, hrp.charAt(i) & 31);
    }
    for (byte group : groups) {
      checksum = step(checksum, group);
    }
    return checksum;
  }

  private static int step(int checksum, int group) {
    int top = checksum >>> 25;
    int next = (checksum & 0x1ffffff) << 5 ^ group;
    for (int i = 0; i < GENERATOR.length; i++) {
      if ((top >>> i & 1) != 0) {
        next ^= GENERATOR[i];
      }
    }
    return next;
  }
}
