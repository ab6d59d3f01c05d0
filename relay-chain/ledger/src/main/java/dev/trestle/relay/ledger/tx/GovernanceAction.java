package dev.trestle.relay.ledger.tx;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.PublicKey;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.record.ChainLimits;
import java.util.List;

/**
 * What governance decides by proposal, vote and delay. The constructors refuse sets below the
 * Byzantine floor, so that no proposal can ask for one.
 */
public sealed interface GovernanceAction {
  /**
   * The validators from one of the next epochs on: the first at whose boundary each of them has
   * shown that it is at work.
   *
   * @param validators ascending by address
   */
  record SetValidators(List<Genesis.Validator> validators) implements GovernanceAction {
    public SetValidators {
      validators = Genesis.validators(validators);
    }
  }

  /** Who governs from now on. */
  record SetGovernance(Genesis.Governance governance) implements GovernanceAction {}

  /** How much may enter and leave through a chain. */
  record SetLimits(ChainId chain, ChainLimits limits) implements GovernanceAction {}

  /**
   * Moves a frozen or expired client to the state that follows from another anchor of the same
   * chain; for attested clients also to a later committee.
   *
   * @param anchor trusted start in the family's form
   * @param sample live headers that follow it, as one client message
   */
  record RecoverClient(ChainId chain, Bytes anchor, Bytes sample) implements GovernanceAction {}

  /**
   * Ends sending on a route's lane, for ever. Packets in flight come to their end by receipt or
   * timeout, and the way back stays open.
   */
  record CloseLane(Hash32 routeId) implements GovernanceAction {}

  /**
   * Other keys with which the seats of the committee attest; their custody keys stay.
   *
   * @param attestKeys one a seat, in the order of genesis, with distinct x coordinates
   * @param overlapMillis block time for which the old keys are good besides, at most {@link
   *     #MAX_OVERLAP_MILLIS}
   */
  record RotateCommittee(List<PublicKey> attestKeys, long overlapMillis)
      implements GovernanceAction {
    /** Longest overlap: 7 days. */
    public static final long MAX_OVERLAP_MILLIS = 7L * 24 * 3_600_000;

    public RotateCommittee {
      attestKeys = List.copyOf(attestKeys);
      if (attestKeys.size() < Genesis.MIN_MEMBERS
          || attestKeys.size() > Genesis.MAX_MEMBERS
          || attestKeys.stream().map(PublicKey::xOnly).distinct().count() != attestKeys.size()
          || overlapMillis < 0
          || overlapMillis > MAX_OVERLAP_MILLIS) {
        throw new IllegalArgumentException("distinct keys of 4 to 255 seats and a short overlap");
      }
    }
  }

  /** {@code u8 type | fields in the order of the record}. */
  default Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    switch (this) {
      case SetValidators(List<Genesis.Validator> validators) ->
          out.u8(1).list(validators, (w, each) -> each.write(w));
      case SetGovernance(Genesis.Governance governance) -> governance.write(out.u8(2));
      case SetLimits(ChainId chain, ChainLimits limits) ->
          limits.write(out.u8(3).text(chain.toString()));
      case RecoverClient(ChainId chain, Bytes anchor, Bytes sample) ->
          out.u8(4).text(chain.toString()).bytes(anchor).bytes(sample);
      case CloseLane(Hash32 routeId) -> out.u8(5).hash(routeId);
      case RotateCommittee(List<PublicKey> attestKeys, long overlapMillis) ->
          out.u8(6).list(attestKeys, (w, key) -> w.fixed(key.compressed())).u64(overlapMillis);
    }
    return out.toBytes();
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly what {@link #encode} gives
   */
  static GovernanceAction decode(Bytes encoded) {
    return CanonicalReader.decode(encoded, GovernanceAction::read);
  }

  private static GovernanceAction read(CanonicalReader in) {
    int type = in.u8();
    return switch (type) {
      case 1 -> new SetValidators(in.list(Genesis.MAX_MEMBERS, Genesis.Validator::read));
      case 2 -> new SetGovernance(Genesis.Governance.read(in));
      case 3 -> new SetLimits(BodyCodec.chain(in), ChainLimits.read(in));
      case 4 ->
          new RecoverClient(
              BodyCodec.chain(in), in.bytes(BodyCodec.MAX_ANCHOR), in.bytes(BodyCodec.MAX_SAMPLE));
      case 5 -> new CloseLane(in.hash());
      case 6 ->
          new RotateCommittee(
              in.list(Genesis.MAX_MEMBERS, r -> new PublicKey(r.fixed(PublicKey.SIZE))), in.u64());
      default -> throw new DecodeException("governance action " + type);
    };
  }
}
