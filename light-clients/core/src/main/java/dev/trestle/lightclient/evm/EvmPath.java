package dev.trestle.lightclient.evm;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;

/**
 * What a claim about an EVM chain speaks of: the path of a {@link dev.trestle.lightclient.Claim}.
 * Canonical bytes begin with {@code u8 kind | u64 height}; the height is the block's number, and
 * state is that after the block.
 */
public sealed interface EvmPath {
  /** Number of the block. */
  long height();

  Bytes encode();

  /**
   * A log: {@code u8 1 | u64 height | 20 bytes emitter | u32 transactionIndex | u32 logIndex}. The
   * claim's value is {@link dev.trestle.proofs.evm.EvmLog#encode()}.
   *
   * @param transactionIndex within the block
   * @param logIndex within the receipt, not within the block
   */
  record Log(long height, EvmAddress emitter, long transactionIndex, long logIndex)
      implements EvmPath {
    private static final int KIND = 1;

    @Override
    public Bytes encode() {
      return head(KIND, height)
          .fixed(emitter.bytes())
          .u32(transactionIndex)
          .u32(logIndex)
          .toBytes();
    }
  }

  /**
   * An account: {@code u8 2 | u64 height | 20 bytes address}. The claim's value is {@link
   * dev.trestle.proofs.evm.EvmAccount#encode()}.
   */
  record Account(long height, EvmAddress address) implements EvmPath {
    private static final int KIND = 2;

    @Override
    public Bytes encode() {
      return head(KIND, height).fixed(address.bytes()).toBytes();
    }
  }

  /**
   * A storage slot: {@code u8 3 | u64 height | 20 bytes address | b32 slot}. The claim's value is
   * the 32-byte word, which is not zero: zero is absence.
   */
  record Storage(long height, EvmAddress address, Hash32 slot) implements EvmPath {
    private static final int KIND = 3;

    @Override
    public Bytes encode() {
      return head(KIND, height).fixed(address.bytes()).hash(slot).toBytes();
    }
  }

  private static CanonicalWriter head(int kind, long height) {
    return new CanonicalWriter().u8(kind).u64(height);
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly the canonical form of a path
   */
  static EvmPath decode(Bytes encoded) {
    return CanonicalReader.decode(encoded, EvmPath::read);
  }

  private static EvmPath read(CanonicalReader in) {
    int kind = in.u8();
    long height = in.u64();
    EvmAddress address = new EvmAddress(in.fixed(EvmAddress.SIZE));
    return switch (kind) {
      case Log.KIND -> new Log(height, address, in.u32(), in.u32());
      case Account.KIND -> new Account(height, address);
      case Storage.KIND -> new Storage(height, address, in.hash());
      default -> throw new DecodeException("a path of kind " + kind);
    };
  }
}
