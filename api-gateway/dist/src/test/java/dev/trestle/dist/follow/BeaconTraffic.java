package dev.trestle.dist.follow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.dist.devnet.NodeRpc;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.evm.EvmPath;
import dev.trestle.lightclient.evm.EvmProof;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import dev.trestle.proofs.evm.EvmAccount;
import dev.trestle.proofs.evm.EvmReceipt;
import dev.trestle.proofs.evm.ReceiptProof;
import dev.trestle.proofs.evm.StateProof;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Transactions to a contract that stores a word and logs it, and the proofs of what they did, below
 * a block that a client holds final.
 */
final class BeaconTraffic implements AutoCloseable {
  /**
   * Stores the first word of its input in slot 1 and logs it under the topic 0xaa: CALLDATALOAD(0),
   * SSTORE, MSTORE, LOG1; before, a constructor that returns these 18 bytes.
   */
  private static final Bytes CODE =
      Bytes.fromHex("6012600c60003960126000f36000358060015560005260aa60206000a100");

  /** The first account of everybody's test mnemonic; the genesis gives it coins. */
  private static final Bytes KEY =
      Bytes.fromHex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

  /** Where that account's first transaction puts a contract. */
  private static final EvmAddress CONTRACT =
      EvmAddress.fromHex("5fbdb2315678afecb367f032d93f642f64180aa3");

  private static final Hash32 STORED = new Hash32(word(1));
  private static final Hash32 EMPTY = new Hash32(word(2));
  private static final long WORK = 1_000_000;

  private final SecretKey key = SecretKey.of(KEY);
  private long nonce;

  @Override
  public void close() {
    key.close();
  }

  /** The contract's creation, signed; to be asked for once, before any call. */
  String deployment() {
    return signed(Bytes.EMPTY, CODE);
  }

  /** The next call, signed; each stores another word than the one before. */
  String call() {
    return signed(CONTRACT.bytes(), word(nonce));
  }

  /** EIP-1559. */
  private String signed(Bytes to, Bytes data) {
    List<RlpItem> fields =
        new ArrayList<>(
            List.of(
                RlpItem.of(BeaconChain.CHAIN),
                RlpItem.of(nonce),
                RlpItem.of(1_000_000_000L),
                RlpItem.of(10_000_000_000L),
                RlpItem.of(300_000),
                RlpItem.of(to),
                RlpItem.of(0),
                RlpItem.of(data),
                RlpItem.of(List.of())));
    nonce++;
    Bytes type = Bytes.fromHex("02");
    Hash32 digest = Digests.keccak256(Bytes.concat(type, Rlp.encode(RlpItem.of(fields))));
    EcdsaSignature signature = Secp256k1.instance().signEcdsa(digest, key);
    fields.add(RlpItem.of(signature.recoveryId()));
    fields.add(RlpItem.of(new BigInteger(1, signature.rs().slice(0, 32).toArray())));
    fields.add(RlpItem.of(new BigInteger(1, signature.rs().slice(32, 64).toArray())));
    return "0x" + Bytes.concat(type, Rlp.encode(RlpItem.of(fields))).toHex();
  }

  /** Log, account and storage below the newest final block, there and absent. */
  void prove(NodeRpc geth, ClientMemory client) {
    long known = client.head().height();
    long height = known - 1;
    List<EvmReceipt> receipts = receipts(geth, height);
    while (receipts.isEmpty()) {
      height--;
      receipts = receipts(geth, height);
    }
    log(geth, client, known, height, receipts);
    state(geth, client, known);
  }

  /** Of a block below the known one, so that headers lead to it. */
  private static void log(
      NodeRpc geth, ClientMemory client, long known, long height, List<EvmReceipt> receipts) {
    int index = receipts.size() - 1;
    List<Bytes> headers = new ArrayList<>();
    for (long number = known; number >= height; number--) {
      headers.add(Bytes.fromHex(geth.call("debug_getRawHeader", hex(number)).asString()));
    }
    List<Bytes> nodes = ReceiptProof.trie(receipts).prove(ReceiptProof.key(index));
    Bytes proof = new EvmProof(known, headers, nodes, List.of()).encode();
    Bytes path = new EvmPath.Log(height, CONTRACT, index, 0).encode();
    Bytes value = receipts.get(index).logs().getFirst().encode();
    ProvenFact fact = member(client, path, value, proof).orThrow();
    assertThat(fact.block().height()).isEqualTo(height);
    assertThat("0x" + fact.block().id().toHex())
        .isEqualTo(geth.call("eth_getBlockByNumber", hex(height), false).get("hash").asString());
    assertThat(fact.confirmations()).isEqualTo(ProvenFact.FINAL);
    refused(member(client, path, spoiled(value), proof), RejectionCode.VALUE_MISMATCH);
    Bytes shorter =
        new EvmProof(known, headers.subList(0, headers.size() - 1), nodes, List.of()).encode();
    refused(member(client, path, value, shorter), RejectionCode.PATH_MISMATCH);
  }

  private static void state(NodeRpc geth, ClientMemory client, long known) {
    JsonNode account = geth.call("eth_getProof", address(), List.of(), hex(known));
    List<Bytes> nodes = nodes(account.get("accountProof"));
    Hash32 stateRoot =
        new Hash32(
            Bytes.fromHex(
                geth.call("eth_getBlockByNumber", hex(known), false).get("stateRoot").asString()));
    EvmAccount contract = StateProof.account(stateRoot, CONTRACT, nodes).orThrow().orElseThrow();
    assertThat("0x" + contract.storageRoot().toHex())
        .isEqualTo(account.get("storageHash").asString());
    Bytes path = new EvmPath.Account(known, CONTRACT).encode();
    Bytes proof = EvmProof.at(known, nodes, List.of()).encode();
    assertThat(member(client, path, contract.encode(), proof).isAccepted()).isTrue();
    refused(absent(client, path, proof), RejectionCode.VALUE_MISMATCH);

    Bytes stored = new EvmPath.Storage(known, CONTRACT, STORED).encode();
    Bytes there = storage(geth, known, contract, nodes, STORED);
    Bytes word =
        Bytes.fromHex(
            geth.call("eth_getStorageAt", address(), "0x" + STORED.toHex(), hex(known)).asString());
    assertThat(member(client, stored, word, there).isAccepted()).isTrue();
    refused(member(client, stored, spoiled(word), there), RejectionCode.VALUE_MISMATCH);
    refused(absent(client, stored, there), RejectionCode.VALUE_MISMATCH);

    Bytes empty = new EvmPath.Storage(known, CONTRACT, EMPTY).encode();
    Bytes nothing = storage(geth, known, contract, nodes, EMPTY);
    assertThat(absent(client, empty, nothing).isAccepted()).isTrue();
  }

  private static Bytes storage(
      NodeRpc geth, long known, EvmAccount contract, List<Bytes> accountNodes, Hash32 slot) {
    JsonNode answer =
        geth.call("eth_getProof", address(), List.of("0x" + slot.toHex()), hex(known));
    List<Bytes> nodes =
        StateProof.normalized(contract.storageRoot(), nodes(answer.at("/storageProof/0/proof")));
    return EvmProof.at(known, accountNodes, nodes).encode();
  }

  private static Verdict<ProvenFact> member(
      ClientMemory client, Bytes path, Bytes value, Bytes proof) {
    Claim claim = new Claim(path, value, proof);
    return client.client().membership(client.view(), claim, new Budget(WORK));
  }

  private static Verdict<ProvenFact> absent(ClientMemory client, Bytes path, Bytes proof) {
    return client.client().nonMembership(client.view(), path, proof, new Budget(WORK));
  }

  private static void refused(Verdict<ProvenFact> verdict, RejectionCode code) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, rejected -> assertThat(rejected.reason()).isEqualTo(code));
  }

  private static List<EvmReceipt> receipts(NodeRpc geth, long height) {
    List<EvmReceipt> receipts = new ArrayList<>();
    geth.call("debug_getRawReceipts", hex(height))
        .forEach(each -> receipts.add(EvmReceipt.decode(Bytes.fromHex(each.asString()))));
    return receipts;
  }

  private static List<Bytes> nodes(JsonNode list) {
    List<Bytes> out = new ArrayList<>();
    list.forEach(each -> out.add(Bytes.fromHex(each.asString())));
    return out;
  }

  /** With the last bit turned. */
  private static Bytes spoiled(Bytes value) {
    byte[] bytes = value.toArray();
    bytes[bytes.length - 1] ^= 1;
    return Bytes.wrap(bytes);
  }

  private static String address() {
    return "0x" + CONTRACT.bytes().toHex();
  }

  private static String hex(long number) {
    return "0x" + Long.toHexString(number);
  }

  private static Bytes word(long value) {
    return Bytes.fromHex(String.format("%064x", value));
  }
}
