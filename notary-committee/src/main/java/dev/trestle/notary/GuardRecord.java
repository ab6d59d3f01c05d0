package dev.trestle.notary;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import java.util.List;

/** What a member bound itself to by a signature. */
sealed interface GuardRecord {
  int HEADER = 1;
  int RELEASE = 2;
  int MAX_CHAIN_TEXT = 41;
  int MAX_COINS = 1_024;

  /** "At this height of this chain stands this block." */
  record Header(ChainId chain, long epoch, long height, Hash32 blockHash) implements GuardRecord {}

  /**
   * "This obligation is paid by this plan, and these coins are spent by it."
   *
   * @param obligation what the release is for: kind and cause, hashed
   */
  record Release(ChainId chain, Hash32 obligation, Hash32 planHash, List<Outpoint> coins)
      implements GuardRecord {
    public Release {
      coins = List.copyOf(coins);
    }
  }

  record Outpoint(Hash32 txId, long index) {
    @Override
    public String toString() {
      return txId + ":" + index;
    }
  }

  default Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    switch (this) {
      case Header(ChainId chain, long epoch, long height, Hash32 blockHash) ->
          out.u8(HEADER).text(chain.toString()).u64(epoch).u64(height).hash(blockHash);
      case Release(ChainId chain, Hash32 obligation, Hash32 planHash, List<Outpoint> coins) ->
          out.u8(RELEASE)
              .text(chain.toString())
              .hash(obligation)
              .hash(planHash)
              .list(coins, (writer, coin) -> writer.hash(coin.txId()).u32(coin.index()));
    }
    return out.toBytes();
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly the canonical form of a record
   */
  static GuardRecord decode(Bytes encoded) {
    return CanonicalReader.decode(encoded, GuardRecord::read);
  }

  private static GuardRecord read(CanonicalReader in) {
    int kind = in.u8();
    ChainId chain = ChainId.parse(in.text(MAX_CHAIN_TEXT));
    return switch (kind) {
      case HEADER -> new Header(chain, in.u64(), in.u64(), in.hash());
      case RELEASE ->
          new Release(
              chain,
              in.hash(),
              in.hash(),
              in.list(MAX_COINS, item -> new Outpoint(item.hash(), item.u32())));
      default -> throw new DecodeException("guard record of kind " + kind);
    };
  }
}
