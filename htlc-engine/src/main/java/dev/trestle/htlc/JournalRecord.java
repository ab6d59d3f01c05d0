package dev.trestle.htlc;

import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * What a party remembers of its swaps. Durable before the effect that it justifies. A secret stands
 * in it only after the chain has shown it.
 */
public sealed interface JournalRecord {
  /** Version of the format, first byte of every record. */
  int VERSION = 1;

  /** Largest signed transaction, bytes. */
  int MAX_RAW = 400_000;

  /** Which swap; zero for {@link Reserved}. */
  Hash32 swapId();

  /** Unix seconds when it was written. */
  long atSeconds();

  /** A secret's index is given out and never again. */
  record Reserved(long atSeconds, long index) implements JournalRecord {
    @Override
    public Hash32 swapId() {
      return Hash32.ZERO;
    }
  }

  /**
   * The swap as this party entered it; never changed.
   *
   * @param secretIndex of the initiator's secret
   * @param timings of the legs' chains at that time, for audits
   */
  record Created(
      Hash32 swapId,
      long atSeconds,
      Role role,
      SwapTerms terms,
      Optional<Long> secretIndex,
      TimelockPolicy policy,
      List<Timing> timings)
      implements JournalRecord {
    public Created {
      timings = List.copyOf(timings);
    }
  }

  /** A transaction is signed; these bytes and no others are sent for {@code key}. */
  record Signed(
      Hash32 swapId, long atSeconds, StepKey key, Hash32 transactionId, Bytes raw, Amount fee)
      implements JournalRecord {}

  /** The chain took the bytes; advisory. */
  record Sent(Hash32 swapId, long atSeconds, StepKey key) implements JournalRecord {}

  /** What a chain shows of a leg has changed. */
  record Observed(Hash32 swapId, long atSeconds, int leg, LegMark mark) implements JournalRecord {}

  /** The secret is public; it was seen on the chain of {@code leg}. */
  record SecretLearned(Hash32 swapId, long atSeconds, int leg, Hash32 preimage)
      implements JournalRecord {}

  /** The end. */
  record Final(Hash32 swapId, long atSeconds, SwapStatus outcome, String detail)
      implements JournalRecord {}

  default Bytes toBytes() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION);
    switch (this) {
      case Reserved r -> out.u8(0).u64(r.atSeconds).u64(r.index);
      case Created r -> {
        out.u8(1).u64(r.atSeconds).u8(r.role.party()).bytes(r.terms.toBytes());
        out.optional(r.secretIndex, CanonicalWriter::u64);
        out.u64(r.policy.outageSeconds()).u64(r.policy.startWindowSeconds());
        out.list(r.timings, JournalRecord::writeTiming);
      }
      case Signed r -> {
        out.u8(2).hash(r.swapId).u64(r.atSeconds);
        r.key.write(out);
        out.hash(r.transactionId).bytes(r.raw).amount(r.fee);
      }
      case Sent r -> {
        out.u8(3).hash(r.swapId).u64(r.atSeconds);
        r.key.write(out);
      }
      case Observed r -> {
        out.u8(4).hash(r.swapId).u64(r.atSeconds).u8(r.leg);
        r.mark.write(out);
      }
      case SecretLearned r -> out.u8(5).hash(r.swapId).u64(r.atSeconds).u8(r.leg).hash(r.preimage);
      case Final r ->
          out.u8(6).hash(r.swapId).u64(r.atSeconds).u8(r.outcome.number()).text(r.detail);
    }
    return out.toBytes();
  }

  /**
   * @throws DecodeException on anything but one record of version 1
   */
  static JournalRecord parse(Bytes bytes) {
    return CanonicalReader.decode(bytes, JournalRecord::read);
  }

  private static JournalRecord read(CanonicalReader in) {
    int version = in.u8();
    if (version != VERSION) {
      throw new DecodeException("journal record of version " + version);
    }
    int type = in.u8();
    return switch (type) {
      case 0 -> new Reserved(in.u64(), in.u64());
      case 1 -> readCreated(in);
      case 2 ->
          new Signed(
              in.hash(), in.u64(), StepKey.read(in), in.hash(), in.bytes(MAX_RAW), in.amount());
      case 3 -> new Sent(in.hash(), in.u64(), StepKey.read(in));
      case 4 -> new Observed(in.hash(), in.u64(), in.u8(), LegMark.read(in));
      case 5 -> new SecretLearned(in.hash(), in.u64(), in.u8(), in.hash());
      case 6 ->
          new Final(
              in.hash(),
              in.u64(),
              constant(SwapStatus.values(), SwapStatus::number, in.u8()),
              in.text(MAX_DETAIL));
      default -> throw new DecodeException("journal record of type " + type);
    };
  }

  /** Longest text of a {@link Final} record, bytes. */
  int MAX_DETAIL = 4_096;

  private static Created readCreated(CanonicalReader in) {
    long at = in.u64();
    Role role = constant(Role.values(), Role::party, in.u8());
    SwapTerms terms = CanonicalReader.decode(in.bytes(MAX_RAW), SwapTerms::read);
    if (!role.isIn(terms)) {
      throw new DecodeException("the swap has no party " + (role.party() + 1));
    }
    return new Created(
        terms.swapId(),
        at,
        role,
        terms,
        in.optional(CanonicalReader::u64),
        new TimelockPolicy(in.u64(), in.u64()),
        in.list(SwapTerms.MAX_LEGS, JournalRecord::readTiming));
  }

  private static void writeTiming(CanonicalWriter out, Timing t) {
    out.u64(t.lock()).u64(t.claim()).u64(t.refund()).u64(t.irreversible()).u64(t.seen());
    out.u64(t.clockSkew()).bool(t.softExpiry());
  }

  private static Timing readTiming(CanonicalReader in) {
    return new Timing(in.u64(), in.u64(), in.u64(), in.u64(), in.u64(), in.u64(), in.bool());
  }

  private static <E> E constant(E[] values, ToIntFunction<E> numberOf, int number) {
    for (E value : values) {
      if (numberOf.applyAsInt(value) == number) {
        return value;
      }
    }
    throw new DecodeException("constant " + number + " is unknown");
  }
}
