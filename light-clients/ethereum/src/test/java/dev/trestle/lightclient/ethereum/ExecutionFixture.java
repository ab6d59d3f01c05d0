package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.evm.EvmPath;
import dev.trestle.lightclient.evm.EvmProof;
import dev.trestle.proofs.MerklePatriciaTrie;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import dev.trestle.proofs.evm.EvmAccount;
import dev.trestle.proofs.evm.EvmHeader;
import dev.trestle.proofs.evm.EvmLog;
import dev.trestle.proofs.evm.EvmReceipt;
import dev.trestle.proofs.evm.ReceiptProof;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** An execution chain whose every block has accounts, a contract with storage, and logs. */
final class ExecutionFixture {
  static final EvmAddress CONTRACT =
      EvmAddress.fromHex("00112233445566778899aabbccddeeff00112233");
  static final EvmAddress WALLET = EvmAddress.fromHex("ffeeddccbbaa99887766554433221100ffeeddcc");
  static final EvmAddress NOBODY = EvmAddress.fromHex("0000000000000000000000000000000000000bad");
  static final Hash32 USED_SLOT = Hash32.fromHex("00".repeat(31) + "01");
  static final Hash32 FREE_SLOT = Hash32.fromHex("00".repeat(31) + "07");

  private static final int LONDON_FEE = 7;

  private final String seed;
  private final long genesisTime;
  private final Map<Long, Bytes> headers = new ConcurrentSkipListMap<>();

  ExecutionFixture(String seed, long genesisTime) {
    this.seed = seed;
    this.genesisTime = genesisTime;
  }

  private Hash32 hash(String what, long number) {
    return Digests.keccak256(Bytes.utf8(seed + what + number));
  }

  MerklePatriciaTrie storage(long number) {
    TreeMap<Bytes, Bytes> slots = new TreeMap<>();
    for (int slot = 1; slot <= 3; slot++) {
      Hash32 key = Hash32.fromHex("00".repeat(31) + "0" + slot);
      Bytes value = Rlp.encode(RlpItem.of(number * 10 + slot));
      slots.put(Digests.keccak256(key.bytes()).bytes(), value);
    }
    return new MerklePatriciaTrie(slots);
  }

  EvmAccount contract(long number) {
    return new EvmAccount(
        BigInteger.ONE, BigInteger.valueOf(number), storage(number).root(), hash("code", 0));
  }

  MerklePatriciaTrie state(long number) {
    TreeMap<Bytes, Bytes> accounts = new TreeMap<>();
    accounts.put(Digests.keccak256(CONTRACT.bytes()).bytes(), contract(number).encode());
    for (int i = 0; i < 5; i++) {
      Bytes address = i == 0 ? WALLET.bytes() : hash("account", i).bytes().slice(0, 20);
      EvmAccount account =
          new EvmAccount(
              BigInteger.valueOf(i),
              BigInteger.valueOf(number + i),
              EvmAccount.EMPTY.storageRoot(),
              EvmAccount.NO_CODE);
      accounts.put(Digests.keccak256(address).bytes(), account.encode());
    }
    return new MerklePatriciaTrie(accounts);
  }

  static EvmLog log(long number, int index) {
    return new EvmLog(
        CONTRACT.bytes(),
        List.of(Digests.keccak256(Bytes.utf8("event")), Hash32.ZERO),
        Bytes.utf8("block " + number + " log " + index));
  }

  MerklePatriciaTrie receipts(long number) {
    List<EvmReceipt> receipts = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      receipts.add(
          new EvmReceipt(
              i,
              i != 4,
              BigInteger.valueOf(21_000L * (i + 1)),
              Bytes.wrap(new byte[256]),
              List.of(log(number, 2 * i), log(number, 2 * i + 1))));
    }
    return ReceiptProof.trie(receipts);
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
    Hash32 parent = number % 64 == 0 ? hash("parent", number) : decoded(number - 1).hash();
    List<RlpItem> fields = new ArrayList<>();
    fields.add(RlpItem.of(parent.bytes()));
    fields.add(RlpItem.of(Digests.keccak256(Bytes.fromHex("c0")).bytes()));
    fields.add(RlpItem.of(WALLET.bytes()));
    fields.add(RlpItem.of(state(number).root().bytes()));
    fields.add(RlpItem.of(hash("transactions", number).bytes()));
    fields.add(RlpItem.of(receipts(number).root().bytes()));
    fields.add(RlpItem.of(Bytes.wrap(new byte[256])));
    fields.add(RlpItem.of(0));
    fields.add(RlpItem.of(number));
    fields.add(RlpItem.of(30_000_000));
    fields.add(RlpItem.of(21_000));
    fields.add(RlpItem.of(timestamp(number)));
    fields.add(RlpItem.of(Bytes.utf8(seed)));
    fields.add(RlpItem.of(hash("randao", number).bytes()));
    fields.add(RlpItem.of(Bytes.wrap(new byte[8])));
    fields.add(RlpItem.of(LONDON_FEE));
    return Rlp.encode(RlpItem.of(fields));
  }

  EvmHeader decoded(long number) {
    return EvmHeader.decode(header(number));
  }

  /** Headers from the known block down to the claimed one; none if they are the same. */
  private List<Bytes> way(long known, long number) {
    List<Bytes> way = new ArrayList<>();
    for (long at = known; at >= number && known != number; at--) {
      way.add(header(at));
    }
    return way;
  }

  Claim logClaim(long known, long number, int transaction, int log) {
    EvmPath path = new EvmPath.Log(number, CONTRACT, transaction, log);
    List<Bytes> nodes = receipts(number).prove(ReceiptProof.key(transaction));
    EvmProof proof = new EvmProof(known, way(known, number), nodes, List.of());
    return new Claim(
        path.encode(), log(number, 2 * transaction + log).encode(), proof.encode());
  }

  Claim accountClaim(long known, long number) {
    return new Claim(
        new EvmPath.Account(number, CONTRACT).encode(),
        contract(number).encode(),
        accountProof(known, number, CONTRACT).encode());
  }

  EvmProof accountProof(long known, long number, EvmAddress address) {
    List<Bytes> nodes = state(number).prove(Digests.keccak256(address.bytes()).bytes());
    return new EvmProof(known, way(known, number), nodes, List.of());
  }

  Claim storageClaim(long known, long number) {
    Hash32 value = Hash32.fromHex(String.format("%064x", number * 10 + 1));
    return new Claim(
        new EvmPath.Storage(number, CONTRACT, USED_SLOT).encode(),
        value.bytes(),
        storageProof(known, number, USED_SLOT).encode());
  }

  EvmProof storageProof(long known, long number, Hash32 slot) {
    EvmProof account = accountProof(known, number, CONTRACT);
    return new EvmProof(
        known,
        account.headers(),
        account.nodes(),
        storage(number).prove(Digests.keccak256(slot.bytes()).bytes()));
  }
}
