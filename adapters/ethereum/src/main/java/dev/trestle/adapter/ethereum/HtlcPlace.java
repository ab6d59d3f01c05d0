package dev.trestle.adapter.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import java.math.BigInteger;
import java.util.List;
import org.web3j.abi.datatypes.DynamicStruct;
import org.web3j.abi.datatypes.generated.Uint256;
import org.web3j.abi.datatypes.generated.Uint8;

/** Where {@code TrestleHtlc} keeps a lock; the same terms may stand in several places. */
sealed interface HtlcPlace {
  /** What outcomes are logged under, and what signatures name: good for one lock at one place. */
  Hash32 key(Hash32 lockId);

  /** The contract's struct {@code Place}. */
  DynamicStruct struct();

  /** A slot of its own. */
  record Own() implements HtlcPlace {
    @Override
    public Hash32 key(Hash32 lockId) {
      return lockId;
    }

    @Override
    public DynamicStruct struct() {
      return HtlcPlace.struct(0, 0, 0, List.of());
    }
  }

  /**
   * One of a batch.
   *
   * @param count locks of the batch
   * @param siblings from the leaf up
   */
  record Leaf(Hash32 batchId, int count, int index, List<Hash32> siblings) implements HtlcPlace {
    public Leaf {
      siblings = List.copyOf(siblings);
    }

    @Override
    public Hash32 key(Hash32 lockId) {
      return HtlcBatch.pair(batchId, HtlcBatch.word(index));
    }

    @Override
    public DynamicStruct struct() {
      return HtlcPlace.struct(1, count, index, siblings);
    }
  }

  /** A deposit address (CREATE2): a plain transfer to it is the lock. */
  record Deposit() implements HtlcPlace {
    private static final Hash32 TAG = Digests.keccak256(Bytes.utf8("TrestleHtlc deposit"));

    @Override
    public Hash32 key(Hash32 lockId) {
      return HtlcBatch.pair(lockId, TAG);
    }

    @Override
    public DynamicStruct struct() {
      return HtlcPlace.struct(2, 0, 0, List.of());
    }

    /** Where to pay to, computed from the terms and our own code: no node is asked. EIP-1014. */
    static EvmAddress address(EvmAddress contract, Hash32 lockId) {
      Hash32 code = Digests.keccak256(ContractArtifact.DEPOSIT_BOX.bytecode());
      Bytes preimage =
          Bytes.concat(
              Bytes.fromHex("ff"), contract.bytes(), Bytes.concat(lockId.bytes(), code.bytes()));
      return new EvmAddress(Digests.keccak256(preimage).bytes().slice(12, Hash32.SIZE));
    }
  }

  private static DynamicStruct struct(int kind, int count, int index, List<Hash32> siblings) {
    return new DynamicStruct(
        new Uint8(kind),
        new Uint256(BigInteger.valueOf(count)),
        new Uint256(BigInteger.valueOf(index)),
        Abi.words(siblings));
  }
}
