package dev.trestle.lightclient.evm;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.Claim;
import dev.trestle.proofs.MerklePatriciaTrie;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import dev.trestle.proofs.evm.EvmAccount;
import dev.trestle.proofs.evm.EvmLog;
import dev.trestle.proofs.evm.EvmReceipt;
import dev.trestle.proofs.evm.ReceiptProof;
import dev.trestle.proofs.evm.StateProof;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongFunction;

/**
 * State and receipts of an EVM chain whose every block has accounts, a contract with storage, and
 * logs, and claims about them. Deterministic; no two blocks have the same roots.
 */
public final class EvmFixture {
  public static final EvmAddress CONTRACT =
      EvmAddress.fromHex("00112233445566778899aabbccddeeff00112233");
  public static final EvmAddress WALLET =
      EvmAddress.fromHex("ffeeddccbbaa99887766554433221100ffeeddcc");
  public static final Hash32 USED_SLOT = Hash32.fromHex("00".repeat(31) + "01");

  private static final int ENTRIES = 300;
  private final String seed;
  private final LongFunction<Bytes> headers;
  private final Map<Long, MerklePatriciaTrie> states = new ConcurrentSkipListMap<>();
  private final Map<Long, MerklePatriciaTrie> storages = new ConcurrentSkipListMap<>();
  private final Map<Long, EvmAccount> contracts = new ConcurrentSkipListMap<>();

  /**
   * @param headers RLP of a block's header in the form that is hashed
   */
  public EvmFixture(String seed, LongFunction<Bytes> headers) {
    this.seed = seed;
    this.headers = headers;
  }

  /** A digest that is this fixture's own. */
  public Hash32 hash(String what, long number) {
    return Digests.keccak256(Bytes.utf8(seed + what + number));
  }

  private static Hash32 word(long value) {
    return Hash32.fromHex(String.format("%064x", value));
  }

  public MerklePatriciaTrie storage(long number) {
    return storages.computeIfAbsent(
        number,
        each -> {
          TreeMap<Bytes, Bytes> slots = new TreeMap<>();
          for (int slot = 1; slot <= ENTRIES; slot++) {
            Bytes value = Rlp.encode(RlpItem.of(slot == 1 ? number * 10 + 1 : slot));
            slots.put(Digests.keccak256(word(slot).bytes()).bytes(), value);
          }
          return new MerklePatriciaTrie(slots);
        });
  }

  public EvmAccount contract(long number) {
    return contracts.computeIfAbsent(
        number,
        each ->
            new EvmAccount(
                BigInteger.ONE,
                BigInteger.valueOf(number),
                storage(number).root(),
                hash("code", 0)));
  }

  public MerklePatriciaTrie state(long number) {
    return states.computeIfAbsent(
        number,
        each -> {
          TreeMap<Bytes, Bytes> accounts = new TreeMap<>();
          accounts.put(Digests.keccak256(CONTRACT.bytes()).bytes(), contract(number).encode());
          for (int i = 0; i < ENTRIES; i++) {
            Bytes address = i == 0 ? WALLET.bytes() : hash("account", i).bytes().slice(0, 20);
            EvmAccount account =
                new EvmAccount(
                    BigInteger.valueOf(i),
                    BigInteger.valueOf(i),
                    EvmAccount.EMPTY.storageRoot(),
                    EvmAccount.NO_CODE);
            accounts.put(Digests.keccak256(address).bytes(), account.encode());
          }
          return new MerklePatriciaTrie(accounts);
        });
  }

  /** An address without account whose proof shows nothing of any address one bit away. */
  public EvmAddress absentAddress(long number) {
    Hash32 root = state(number).root();
    for (int i = 0; ; i++) {
      EvmAddress address = new EvmAddress(hash("absent", i).bytes().slice(0, 20));
      List<Bytes> nodes = state(number).prove(Digests.keccak256(address.bytes()).bytes());
      if (neighbours(address.bytes())
          .allMatch(each -> !StateProof.account(root, new EvmAddress(each), nodes).isAccepted())) {
        return address;
      }
    }
  }

  /** The same of storage slots. */
  public Hash32 freeSlot(long number) {
    Hash32 root = storage(number).root();
    for (int i = 0; ; i++) {
      Hash32 slot = hash("slot", i);
      List<Bytes> nodes = storage(number).prove(Digests.keccak256(slot.bytes()).bytes());
      if (neighbours(slot.bytes())
          .allMatch(each -> !StateProof.storage(root, new Hash32(each), nodes).isAccepted())) {
        return slot;
      }
    }
  }

  private static java.util.stream.Stream<Bytes> neighbours(Bytes source) {
    return java.util.stream.IntStream.range(0, 8 * source.size())
        .mapToObj(
            bit -> {
              byte[] raw = source.toArray();
              raw[bit / 8] ^= (byte) (1 << (bit % 8));
              return Bytes.wrap(raw);
            });
  }

  public static EvmLog log(long number, int index) {
    return new EvmLog(
        CONTRACT.bytes(),
        List.of(Digests.keccak256(Bytes.utf8("event")), Hash32.ZERO),
        Bytes.utf8("block " + number + " log " + index));
  }

  /** Whether a claim is about a log and says of it what is true. */
  public static boolean isTrueLog(Claim claim) {
    try {
      return EvmPath.decode(claim.path())
              instanceof EvmPath.Log(long number, EvmAddress emitter, long transaction, long log)
          && emitter.equals(CONTRACT)
          && claim.value().equals(log(number, (int) (2 * transaction + log)).encode());
    } catch (DecodeException e) {
      return false;
    }
  }

  public MerklePatriciaTrie receipts(long number) {
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

  /** Headers from the known block down to the claimed one; none if they are the same. */
  private List<Bytes> way(long known, long number) {
    List<Bytes> way = new ArrayList<>();
    for (long at = known; at >= number && known != number; at--) {
      way.add(headers.apply(at));
    }
    return way;
  }

  public Claim logClaim(long known, long number, int transaction, int log) {
    EvmPath path = new EvmPath.Log(number, CONTRACT, transaction, log);
    List<Bytes> nodes = receipts(number).prove(ReceiptProof.key(transaction));
    EvmProof proof = new EvmProof(known, way(known, number), nodes, List.of());
    return new Claim(path.encode(), log(number, 2 * transaction + log).encode(), proof.encode());
  }

  public Claim accountClaim(long known, long number) {
    return new Claim(
        new EvmPath.Account(number, CONTRACT).encode(),
        contract(number).encode(),
        accountProof(known, number, CONTRACT).encode());
  }

  public EvmProof accountProof(long known, long number, EvmAddress address) {
    List<Bytes> nodes = state(number).prove(Digests.keccak256(address.bytes()).bytes());
    return new EvmProof(known, way(known, number), nodes, List.of());
  }

  public Claim storageClaim(long known, long number) {
    Hash32 value = word(number * 10 + 1);
    return new Claim(
        new EvmPath.Storage(number, CONTRACT, USED_SLOT).encode(),
        value.bytes(),
        storageProof(known, number, USED_SLOT).encode());
  }

  public EvmProof storageProof(long known, long number, Hash32 slot) {
    EvmProof account = accountProof(known, number, CONTRACT);
    return new EvmProof(
        known,
        account.headers(),
        account.nodes(),
        storage(number).prove(Digests.keccak256(slot.bytes()).bytes()));
  }
}
