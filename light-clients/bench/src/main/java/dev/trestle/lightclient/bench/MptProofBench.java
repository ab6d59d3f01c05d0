package dev.trestle.lightclient.bench;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.proofs.MerklePatriciaTrie;
import dev.trestle.proofs.MptProof;
import dev.trestle.proofs.evm.EvmAccount;
import dev.trestle.proofs.evm.EvmLog;
import dev.trestle.proofs.evm.EvmReceipt;
import dev.trestle.proofs.evm.StateProof;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A receipt with three logs (841 bytes) under five trie nodes, proved and decoded, beside the bare
 * keccak256 of those nodes; and an account under five nodes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(1)
public class MptProofBench {
  private static final int DEPTH = 5;
  private static final int ENTRIES = 20_000;

  private Hash32 receiptsRoot = Hash32.ZERO;
  private Bytes key = Bytes.EMPTY;
  private List<Bytes> receiptNodes = List.of();
  private Hash32 stateRoot = Hash32.ZERO;
  private EvmAddress address = new EvmAddress(Bytes.wrap(new byte[EvmAddress.SIZE]));
  private List<Bytes> accountNodes = List.of();

  private static Bytes receipt() {
    List<EvmLog> logs =
        java.util.stream.IntStream.range(0, 3)
            .mapToObj(
                i ->
                    new EvmLog(
                        Bytes.wrap(new byte[20]),
                        List.of(Hash32.ZERO, Digests.sha256(Bytes.utf8("topic " + i)), Hash32.ZERO),
                        Bytes.wrap(new byte[64])))
            .toList();
    return new EvmReceipt(2, true, BigInteger.valueOf(123_456), Bytes.wrap(new byte[256]), logs)
        .encode();
  }

  private static EvmAddress address(int i) {
    return new EvmAddress(Digests.keccak256(Bytes.utf8("address " + i)).bytes().slice(0, 20));
  }

  @Setup
  public void setUp() {
    TreeMap<Bytes, Bytes> receipts = new TreeMap<>();
    TreeMap<Bytes, Bytes> accounts = new TreeMap<>();
    Bytes receipt = receipt();
    for (int i = 0; i < ENTRIES; i++) {
      Bytes hashed = Digests.keccak256(address(i).bytes()).bytes();
      receipts.put(hashed, receipt);
      EvmAccount account =
          new EvmAccount(
              BigInteger.valueOf(i), BigInteger.TEN, MptProof.EMPTY_ROOT, EvmAccount.NO_CODE);
      accounts.put(hashed, account.encode());
    }
    MerklePatriciaTrie receiptTrie = new MerklePatriciaTrie(receipts);
    MerklePatriciaTrie accountTrie = new MerklePatriciaTrie(accounts);
    receiptsRoot = receiptTrie.root();
    stateRoot = accountTrie.root();
    for (int i = 0; receiptNodes.size() != DEPTH; i++) {
      address = address(i);
      key = Digests.keccak256(address.bytes()).bytes();
      receiptNodes = receiptTrie.prove(key);
    }
    accountNodes = accountTrie.prove(key);
    receiptProof().orThrow();
    accountProof().orThrow();
  }

  @Benchmark
  public Verdict<EvmReceipt> receiptProof() {
    return MptProof.get(receiptsRoot, key, receiptNodes)
        .then(encoded -> Verdict.accept(EvmReceipt.decode(encoded)));
  }

  @Benchmark
  public Verdict<Optional<EvmAccount>> accountProof() {
    return StateProof.account(stateRoot, address, accountNodes);
  }

  @Benchmark
  public Hash32 bareKeccakOfTheNodes() {
    Hash32 last = Hash32.ZERO;
    for (Bytes node : receiptNodes) {
      last = Digests.keccak256(node);
    }
    return last;
  }
}
