package dev.trestle.lightclient.poa;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Extra data of a QBFT or IBFT 2.0 header: {@code [vanity, [validators], vote, round, [seals]]}.
 * The dialects differ in how they write no vote and the round, and in what they hash.
 *
 * @param vote of the proposer, if any
 * @param round in which the block was agreed
 * @param seals as they stand there; not checked
 */
record BftExtraData(
    Dialect dialect,
    Bytes vanity,
    List<EvmAddress> validators,
    Optional<Vote> vote,
    long round,
    List<Bytes> seals) {
  /** Most validators that are read. */
  static final int MAX_VALIDATORS = 1_024;

  private static final int VANITY = 32;
  private static final int ITEMS = 5;
  private static final int ROUND_BYTES = 4;
  private static final Bytes ADD = Bytes.fromHex("ff");
  private static final Bytes DROP = Bytes.fromHex("00");

  /** How a chain writes and hashes its extra data. */
  enum Dialect {
    /** No vote is the empty list, the round an integer; seals are hashed as the empty list. */
    QBFT,
    /** No vote is the empty string, the round four bytes; what is not hashed is left out. */
    IBFT2
  }

  BftExtraData {
    validators = List.copyOf(validators);
    seals = List.copyOf(seals);
  }

  /**
   * Refuses with {@link PoaCode#EXTRA_DATA_ITEMS}, {@link PoaCode#VANITY_LENGTH} and {@link
   * PoaCode#EXTRA_DATA_FORM}.
   */
  static Verdict<BftExtraData> decode(Bytes extraData, Dialect dialect) {
    try {
      List<RlpItem> items = Rlp.decode(extraData).items();
      if (items.size() != ITEMS) {
        return Verdict.reject(PoaCode.EXTRA_DATA_ITEMS, items.size() + " items");
      }
      Bytes vanity = items.get(0).text();
      if (vanity.size() != VANITY) {
        return Verdict.reject(PoaCode.VANITY_LENGTH, vanity.size() + " bytes");
      }
      return Verdict.accept(
          new BftExtraData(
              dialect,
              vanity,
              bounded(items.get(1)).stream().map(BftExtraData::address).toList(),
              vote(items.get(2), dialect),
              round(items.get(3), dialect),
              bounded(items.get(4)).stream().map(RlpItem::text).toList()));
    } catch (DecodeException e) {
      return Verdict.reject(PoaCode.EXTRA_DATA_FORM, String.valueOf(e.getMessage()));
    }
  }

  /**
   * The dialect that extra data follow, for readers who were not told: IBFT 2.0 writes the round as
   * four bytes, which no integer below 2^24 has, and no vote as a string.
   */
  static Dialect dialectOf(Bytes extraData) {
    try {
      List<RlpItem> items = Rlp.decode(extraData).items();
      boolean fourBytes =
          items.size() == ITEMS
              && items.get(3) instanceof RlpItem.Text(Bytes round)
              && round.size() == ROUND_BYTES;
      return fourBytes ? Dialect.IBFT2 : Dialect.QBFT;
    } catch (DecodeException e) {
      return Dialect.QBFT;
    }
  }

  private static List<RlpItem> bounded(RlpItem item) {
    List<RlpItem> items = item.items();
    if (items.size() > MAX_VALIDATORS) {
      throw new DecodeException(items.size() + " entries");
    }
    return items;
  }

  private static EvmAddress address(RlpItem item) {
    return new EvmAddress(item.text(EvmAddress.SIZE));
  }

  private static Optional<Vote> vote(RlpItem item, Dialect dialect) {
    if (item.equals(noVote(dialect))) {
      return Optional.empty();
    }
    List<RlpItem> fields = item.items();
    if (fields.size() != 2) {
      throw new DecodeException("a vote of " + fields.size() + " fields");
    }
    Bytes type = fields.get(1).text();
    boolean drop = type.equals(DROP) || (dialect == Dialect.QBFT && type.isEmpty());
    if (!drop && !type.equals(ADD)) {
      throw new DecodeException("a vote of type " + type);
    }
    return Optional.of(new Vote(address(fields.get(0)), !drop));
  }

  private static RlpItem noVote(Dialect dialect) {
    return switch (dialect) {
      case QBFT -> RlpItem.of();
      case IBFT2 -> RlpItem.of(Bytes.EMPTY);
    };
  }

  private static long round(RlpItem item, Dialect dialect) {
    BigInteger round =
        switch (dialect) {
          case QBFT -> item.integer();
          case IBFT2 -> new BigInteger(1, item.text(ROUND_BYTES).toArray());
        };
    if (round.bitLength() > 31) {
      throw new DecodeException("a round over 2^31-1");
    }
    return round.longValueExact();
  }

  /** What validators seal: everything but the seals. Taken from the original items. */
  static Bytes withoutSeals(Bytes extraData, Dialect dialect) {
    List<RlpItem> items = Rlp.decode(extraData).items();
    return switch (dialect) {
      case QBFT -> replaced(items, items.get(3));
      case IBFT2 -> Rlp.encode(RlpItem.of(items.subList(0, 4)));
    };
  }

  /** What names the block: everything but the seals and the round. */
  static Bytes withoutSealsAndRound(Bytes extraData, Dialect dialect) {
    List<RlpItem> items = Rlp.decode(extraData).items();
    return switch (dialect) {
      case QBFT -> replaced(items, RlpItem.of(0));
      case IBFT2 -> Rlp.encode(RlpItem.of(items.subList(0, 3)));
    };
  }

  private static Bytes replaced(List<RlpItem> items, RlpItem round) {
    List<RlpItem> changed = new ArrayList<>(items.subList(0, 3));
    changed.add(round);
    changed.add(RlpItem.of());
    return Rlp.encode(RlpItem.of(changed));
  }

  Bytes encode() {
    RlpItem voteItem =
        vote.map(
                each ->
                    RlpItem.of(
                        RlpItem.of(each.subject().bytes()),
                        RlpItem.of(
                            each.add() ? ADD : dialect == Dialect.QBFT ? Bytes.EMPTY : DROP)))
            .orElse(noVote(dialect));
    byte[] fourBytes = {
      (byte) (round >>> 24), (byte) (round >>> 16), (byte) (round >>> 8), (byte) round
    };
    return Rlp.encode(
        RlpItem.of(
            RlpItem.of(vanity),
            RlpItem.of(validators.stream().map(each -> RlpItem.of(each.bytes())).toList()),
            voteItem,
            dialect == Dialect.QBFT ? RlpItem.of(round) : RlpItem.of(Bytes.wrap(fourBytes)),
            RlpItem.of(seals.stream().map(RlpItem::of).toList())));
  }
}
