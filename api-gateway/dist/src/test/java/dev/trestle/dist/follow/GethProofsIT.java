package dev.trestle.dist.follow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.dist.devnet.ChainNode;
import dev.trestle.dist.devnet.Child;
import dev.trestle.dist.devnet.DevnetException;
import dev.trestle.dist.devnet.NodeRpc;
import dev.trestle.dist.devnet.Ports;
import dev.trestle.dist.devnet.ProcessRegistry;
import dev.trestle.proofs.MerklePatriciaTrie;
import dev.trestle.proofs.MptProof;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import dev.trestle.proofs.evm.EvmAccount;
import dev.trestle.proofs.evm.EvmHeader;
import dev.trestle.proofs.evm.EvmReceipt;
import dev.trestle.proofs.evm.ReceiptProof;
import dev.trestle.proofs.evm.StateProof;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Headers, receipts of every type, accounts and storage of a real geth in its developer mode, each
 * proved and held against what geth itself says.
 */
class GethProofsIT {
  private static final int HEADERS = 1_000;

  /** Seconds for one block at most. */
  private static final long BLOCK_SECONDS = 30;

  /**
   * Stores the first word of its input in slot 1 and logs it under the topic 0xaa: CALLDATALOAD(0),
   * SSTORE, MSTORE, LOG1; before, a constructor that returns these 18 bytes.
   */
  private static final String CONTRACT =
      "0x6012600c60003960126000f36000358060015560005260aa60206000a100";

  /** The key of the one account that geth's developer mode funds. */
  private static final String DEVELOPER =
      "b71c71a67e1177ad4e901695e1b4b9ee17ae16c6668d313eac2f96dbcda3f291";

  private static final long CHAIN = 1_337;

  @TempDir Path temp;

  private ProcessRegistry registry = new ProcessRegistry(Path.of("unused"));

  @AfterEach
  void end() {
    registry.endAll();
  }

  private record Geth(Child process, NodeRpc rpc, String account) {
    String contract(String code) {
      return mined(send(Map.of("data", code, "gas", "0x30d40"))).get("contractAddress").asString();
    }

    /** Sends from the developer's account; geth fills in what is missing. */
    String send(Map<String, Object> more) {
      Map<String, Object> transaction = new HashMap<>(more);
      transaction.put("from", account);
      return rpc.call("eth_sendTransaction", transaction).asString();
    }

    /** The receipt, once there is one. */
    JsonNode mined(String transaction) {
      process.awaitReady(() -> isMined(transaction), BLOCK_SECONDS);
      JsonNode receipt = rpc.call("eth_getTransactionReceipt", transaction);
      assertThat(receipt.get("status").asString()).as("%s", receipt).isEqualTo("0x1");
      return receipt;
    }

    long height() {
      return Long.decode(rpc.call("eth_blockNumber").asString());
    }

    private boolean isMined(String transaction) {
      try {
        return rpc.call("eth_getTransactionReceipt", transaction).isObject();
      } catch (DevnetException e) {
        if (String.valueOf(e.getMessage()).contains("indexing is in progress")) {
          return false; // what geth says instead of null before its first block
        }
        throw e;
      }
    }

    Bytes bytes(String method, Object... parameters) {
      return Bytes.fromHex(rpc.call(method, parameters).asString());
    }
  }

  private Geth start() {
    registry = new ProcessRegistry(temp.resolve("processes"));
    int port = Ports.free();
    NodeRpc rpc = new NodeRpc(URI.create("http://127.0.0.1:" + port));
    Child process =
        Child.start(
            registry,
            "geth",
            temp.resolve("geth.log"),
            List.of(
                ChainNode.executable("GETH"),
                "--dev",
                "--datadir=" + temp.resolve("geth"),
                "--http",
                "--http.addr=127.0.0.1",
                "--http.port=" + port,
                "--http.api=eth,debug",
                "--authrpc.addr=127.0.0.1",
                "--authrpc.port=" + Ports.free(),
                "--ipcdisable",
                "--nodiscover",
                "--port=0",
                "--verbosity=2"),
            Map.of());
    process.awaitReady(() -> rpc.answers("eth_accounts"), 60);
    return new Geth(process, rpc, rpc.call("eth_accounts").get(0).asString());
  }

  @Test
  void aThousandBlocksTheirReceiptsAndTheState() {
    Geth geth = start();
    String contract = geth.contract(CONTRACT);
    oneOfEachType(geth, contract);
    long nonce =
        quantity(geth.rpc().call("eth_getTransactionCount", geth.account(), "latest")).longValue();
    String sent = "";
    for (long i = 1; geth.height() < HEADERS; i++) { // a block takes what has come by then
      Map<String, Object> next = new HashMap<>(call(contract, i));
      next.put("nonce", hex(nonce));
      sent = geth.send(next);
      nonce++;
    }
    long last = Long.decode(geth.mined(sent).get("blockNumber").asString());
    assertThat(blocks(geth, last)).containsExactly(0, 1, 2, 3, 4);
    state(geth, contract, header(geth, last), true);
    state(geth, contract, header(geth, last - 20), true);
    JsonNode cleared = geth.mined(geth.send(call(contract, 0)));
    state(geth, contract, header(geth, Long.decode(cleared.get("blockNumber").asString())), false);
  }

  private static Map<String, Object> call(String contract, long value) {
    return Map.of("to", contract, "input", "0x" + word(value).toHex(), "gas", "0x493e0");
  }

  /** Legacy, access list, blob and set code; those of dynamic fee follow. */
  private static void oneOfEachType(Geth geth, String contract) {
    Map<String, Object> legacy = new HashMap<>(call(contract, 100));
    legacy.put("gasPrice", "0x77359400");
    geth.mined(geth.send(legacy));

    geth.mined(
        geth.rpc()
            .call("eth_sendRawTransaction", "0x" + accessList(geth, contract).toHex())
            .asString());

    Map<String, Object> blob = new HashMap<>(call(contract, 103));
    blob.put("from", geth.account());
    blob.put("maxFeePerBlobGas", "0x77359400");
    blob.put("blobs", List.of("0x" + "00".repeat(131_072)));
    JsonNode filled = geth.rpc().call("eth_fillTransaction", blob).get("tx");
    for (String field : new String[] {"maxFeePerGas", "maxPriorityFeePerGas", "nonce"}) {
      blob.put(field, filled.get(field).asString());
    }
    String signed = geth.rpc().call("eth_signTransaction", blob).get("raw").asString();
    geth.mined(geth.rpc().call("eth_sendRawTransaction", signed).asString());

    // an authorization that nobody signed delegates nothing, but the transaction is of its type
    Map<String, Object> code = new HashMap<>(call(contract, 104));
    code.put(
        "authorizationList",
        List.of(
            Map.of(
                "chainId", "0x539",
                "address", contract,
                "nonce", "0x0",
                "yParity", "0x0",
                "r", "0x1",
                "s", "0x1")));
    geth.mined(geth.send(code));
  }

  /** EIP-2930: geth signs them for nobody, so it is signed here. */
  private static Bytes accessList(Geth geth, String contract) {
    BigInteger nonce =
        quantity(geth.rpc().call("eth_getTransactionCount", geth.account(), "latest"));
    List<RlpItem> fields =
        new ArrayList<>(
            List.of(
                RlpItem.of(CHAIN),
                RlpItem.of(nonce),
                RlpItem.of(2_000_000_000L),
                RlpItem.of(300_000),
                RlpItem.of(Bytes.fromHex(contract)),
                RlpItem.of(0),
                RlpItem.of(word(101)),
                RlpItem.of(
                    List.of(
                        RlpItem.of(
                            RlpItem.of(Bytes.fromHex(contract)),
                            RlpItem.of(List.of(RlpItem.of(word(1)))))))));
    Hash32 digest =
        Digests.keccak256(Bytes.concat(Bytes.fromHex("01"), Rlp.encode(RlpItem.of(fields))));
    try (SecretKey key = SecretKey.of(Bytes.fromHex(DEVELOPER))) {
      EcdsaSignature signature = Secp256k1.instance().signEcdsa(digest, key);
      fields.add(RlpItem.of(signature.recoveryId()));
      fields.add(RlpItem.of(new BigInteger(1, signature.rs().slice(0, 32).toArray())));
      fields.add(RlpItem.of(new BigInteger(1, signature.rs().slice(32, 64).toArray())));
    }
    return Bytes.concat(Bytes.fromHex("01"), Rlp.encode(RlpItem.of(fields)));
  }

  /**
   * Every header joins the one before, and every receipt is proved.
   *
   * @return the types of the receipts
   */
  private static Set<Integer> blocks(Geth geth, long last) {
    Set<Integer> types = new TreeSet<>();
    Hash32 parent = header(geth, 0).hash();
    for (long number = 1; number <= last; number++) {
      EvmHeader header = header(geth, number);
      JsonNode block = geth.rpc().call("eth_getBlockByNumber", hex(number), false);
      assertThat("0x" + header.hash().toHex()).isEqualTo(block.get("hash").asString());
      assertThat("0x" + header.stateRoot().toHex()).isEqualTo(block.get("stateRoot").asString());
      assertThat(header.parentHash()).isEqualTo(parent);
      assertThat(header.timestamp()).isEqualTo(quantity(block.get("timestamp")).longValue());
      parent = header.hash();
      receipts(geth, header).forEach(receipt -> types.add(receipt.type()));
    }
    return types;
  }

  private static List<EvmReceipt> receipts(Geth geth, EvmHeader header) {
    List<EvmReceipt> receipts = new ArrayList<>();
    geth.rpc()
        .call("debug_getRawReceipts", hex(header.number()))
        .forEach(each -> receipts.add(EvmReceipt.decode(Bytes.fromHex(each.asString()))));
    MerklePatriciaTrie trie = ReceiptProof.trie(receipts);
    assertThat(trie.root()).isEqualTo(header.receiptsRoot());
    for (int i = 0; i < receipts.size(); i++) {
      List<Bytes> proof = trie.prove(ReceiptProof.key(i));
      assertThat(ReceiptProof.receipt(header.receiptsRoot(), i, proof).orThrow())
          .isEqualTo(receipts.get(i));
      assertThat(ReceiptProof.receipt(header.receiptsRoot(), i, spoiled(proof)).isAccepted())
          .isFalse();
      assertThat(ReceiptProof.receipt(header.stateRoot(), i, proof).isAccepted()).isFalse();
    }
    Bytes beyond = ReceiptProof.key(receipts.size());
    assertThat(MptProof.lookup(header.receiptsRoot(), beyond, trie.prove(beyond)).orThrow())
        .isEmpty();
    return receipts;
  }

  /** Accounts and slots, there and absent (EIP-1186), as geth's other answers say. */
  private static void state(Geth geth, String contract, EvmHeader header, boolean stored) {
    EvmAccount developer = account(geth, geth.account(), header).orElseThrow();
    String at = hex(header.number());
    assertThat(developer.nonce())
        .isEqualTo(quantity(geth.rpc().call("eth_getTransactionCount", geth.account(), at)));
    assertThat(developer.balance())
        .isEqualTo(quantity(geth.rpc().call("eth_getBalance", geth.account(), at)));
    assertThat(developer.codeHash()).isEqualTo(EvmAccount.NO_CODE);
    assertThat(account(geth, "0x" + "5a".repeat(20), header)).isEmpty();

    EvmAccount own = account(geth, contract, header).orElseThrow();
    assertThat(own.codeHash())
        .isEqualTo(Digests.keccak256(geth.bytes("eth_getCode", contract, at)));
    for (long slot : new long[] {1, 2}) {
      JsonNode answer = proof(geth, contract, header, slot);
      List<Bytes> nodes =
          StateProof.normalized(own.storageRoot(), list(answer.at("/storageProof/0/proof")));
      Hash32 value = StateProof.storage(own.storageRoot(), new Hash32(word(slot)), nodes).orThrow();
      assertThat(value.bytes())
          .isEqualTo(geth.bytes("eth_getStorageAt", contract, "0x" + word(slot).toHex(), at));
      assertThat(value.isZero()).isEqualTo(slot != 1 || !stored);
      if (stored) {
        assertThat(
                StateProof.storage(own.storageRoot(), new Hash32(word(slot)), spoiled(nodes))
                    .isAccepted())
            .isFalse();
      }
    }
  }

  private static Optional<EvmAccount> account(Geth geth, String address, EvmHeader header) {
    List<Bytes> nodes = list(proof(geth, address, header, 1).get("accountProof"));
    EvmAddress of = EvmAddress.fromHex(address.substring(2));
    assertThat(StateProof.account(header.stateRoot(), of, spoiled(nodes)).isAccepted()).isFalse();
    assertThat(StateProof.account(header.parentHash(), of, nodes).isAccepted()).isFalse();
    return StateProof.account(header.stateRoot(), of, nodes).orThrow();
  }

  private static JsonNode proof(Geth geth, String address, EvmHeader header, long slot) {
    return geth.rpc()
        .call("eth_getProof", address, List.of("0x" + word(slot).toHex()), hex(header.number()));
  }

  private static EvmHeader header(Geth geth, long number) {
    return EvmHeader.decode(geth.bytes("debug_getRawHeader", hex(number)));
  }

  /** The same nodes with one bit of the last one turned. */
  private static List<Bytes> spoiled(List<Bytes> nodes) {
    List<Bytes> out = new ArrayList<>(nodes);
    byte[] last = out.getLast().toArray();
    last[last.length - 1] ^= 1;
    out.set(out.size() - 1, Bytes.wrap(last));
    return out;
  }

  private static List<Bytes> list(JsonNode nodes) {
    List<Bytes> out = new ArrayList<>();
    nodes.forEach(node -> out.add(Bytes.fromHex(node.asString())));
    return out;
  }

  private static Bytes word(long value) {
    return Bytes.fromHex(String.format("%064x", value));
  }

  private static String hex(long number) {
    return "0x" + Long.toHexString(number);
  }

  private static BigInteger quantity(JsonNode value) {
    return new BigInteger(value.asString().substring(2), 16);
  }
}
