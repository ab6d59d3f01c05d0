package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.evm.EvmFixture;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import dev.trestle.proofs.evm.EvmHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Headers of an execution chain over the state and receipts of an {@link EvmFixture}. */
final class ExecutionFixture {
  private static final int LONDON_FEE = 7;

  final EvmFixture world;
  private final String seed;
  private final long genesisTime;
  private final Map<Long, Bytes> headers = new ConcurrentSkipListMap<>();

  ExecutionFixture(String seed, long genesisTime) {
    this.seed = seed;
    this.genesisTime = genesisTime;
    this.world = new EvmFixture(seed, this::header);
  }

  long timestamp(long number) {
    return genesisTime + 12 * number;
  }

  /** RLP of the header of block {@code number}, the child of the one before. */
  Bytes header(long number) {
    Bytes known = headers.get(number);
    if (known == null) {
      known = encode(number);
      headers.put(number, known);
    }
    return known;
  }

  private Bytes encode(long number) {
    Hash32 parent = number % 64 == 0 ? world.hash("parent", number) : decoded(number - 1).hash();
    List<RlpItem> fields = new ArrayList<>();
    fields.add(RlpItem.of(parent.bytes()));
    fields.add(RlpItem.of(Digests.keccak256(Bytes.fromHex("c0")).bytes()));
    fields.add(RlpItem.of(EvmFixture.WALLET.bytes()));
    fields.add(RlpItem.of(world.state(number).root().bytes()));
    fields.add(RlpItem.of(world.hash("transactions", number).bytes()));
    fields.add(RlpItem.of(world.receipts(number).root().bytes()));
    fields.add(RlpItem.of(Bytes.wrap(new byte[256])));
    fields.add(RlpItem.of(0));
    fields.add(RlpItem.of(number));
    fields.add(RlpItem.of(30_000_000));
    fields.add(RlpItem.of(21_000));
    fields.add(RlpItem.of(timestamp(number)));
    fields.add(RlpItem.of(Bytes.utf8(seed)));
    fields.add(RlpItem.of(world.hash("randao", number).bytes()));
    fields.add(RlpItem.of(Bytes.wrap(new byte[8])));
    fields.add(RlpItem.of(LONDON_FEE));
    return Rlp.encode(RlpItem.of(fields));
  }

  EvmHeader decoded(long number) {
    return EvmHeader.decode(header(number));
  }
}
