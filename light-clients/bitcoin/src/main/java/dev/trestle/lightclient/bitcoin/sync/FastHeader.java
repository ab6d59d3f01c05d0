package dev.trestle.lightclient.bitcoin.sync;

import dev.trestle.lightclient.bitcoin.CompactTarget;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Optional;

/** Reads fields of raw headers, and compares hashes with targets. */
final class FastHeader {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle HALF =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private FastHeader() {}

  /** 32 bits, least significant byte first, as a number that is not negative. */
  static long u32(byte[] from, int at) {
    return (int) HALF.get(from, at) & 0xffff_ffffL;
  }

  static long time(byte[] raw) {
    return u32(raw, 68);
  }

  static long bits(byte[] raw) {
    return u32(raw, 72);
  }

  static int version(byte[] raw) {
    return (int) u32(raw, 0);
  }

  /** A target in the form in which a hash can be compared with it, and its work. */
  static final class Target {
    private final byte[] bound;
    private final BigInteger work;

    private Target(byte[] bound, BigInteger work) {
      this.bound = bound;
      this.work = work;
    }

    /** Empty if the bits are no target, or one easier than {@code limit}. */
    static Optional<Target> of(long bits, BigInteger limit) {
      Optional<BigInteger> target = CompactTarget.decode(bits);
      if (target.isEmpty() || target.get().compareTo(limit) > 0) {
        return Optional.empty();
      }
      byte[] bound = new byte[32];
      byte[] bigEndian = target.get().toByteArray();
      for (int i = 0; i < bigEndian.length && i < 32; i++) {
        bound[i] = bigEndian[bigEndian.length - 1 - i];
      }
      return Optional.of(new Target(bound, CompactTarget.work(target.get())));
    }

    /** Expected number of hashes. */
    BigInteger work() {
      return work;
    }

    /** Whether a hash, least significant byte first, is not over the target. */
    boolean isMetBy(byte[] hash) {
      for (int at = 24; at >= 0; at -= 8) {
        int order = Long.compareUnsigned((long) WORD.get(hash, at), (long) WORD.get(bound, at));
        if (order != 0) {
          return order < 0;
        }
      }
      return true;
    }
  }
}
