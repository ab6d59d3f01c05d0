package dev.trestle.lightclient.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Formats that other programs and old states depend on: they change only with a new version. */
class GoldenBytesTest {
  private static final ChainParameters REGTEST = BitcoinNetworks.BITCOIN_REGTEST;

  private static void check(String name, String actual) throws IOException {
    try (InputStream in = GoldenBytesTest.class.getResourceAsStream("/golden/" + name)) {
      String golden =
          in == null ? "" : new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
      assertThat(actual).as(name).isEqualTo(golden);
    }
  }

  @Test
  void anchors() throws IOException {
    Anchor genesis = new AnchorBuilder(REGTEST, ClientSettings.of(REGTEST)).genesis();
    check("anchor-regtest-genesis.hex", genesis.encode().toHex());
    assertThat(Anchor.decode(genesis.encode())).isEqualTo(genesis);

    ChainParameters litecoin = BitcoinNetworks.LITECOIN_REGTEST;
    List<BlockHeader> headers = new java.util.ArrayList<>();
    Vectors.json("litecoin/regtest/chain.json")
        .get("headers")
        .forEach(row -> headers.add(BlockHeader.of(Vectors.hex(row.get("header")))));
    TreeMap<Long, BlockHeader> byHeight = new TreeMap<>();
    for (int i = 0; i < headers.size(); i++) {
      byHeight.put((long) i, headers.get(i));
    }
    Anchor later =
        new AnchorBuilder(litecoin, ClientSettings.of(litecoin))
            .at(50, BigInteger.valueOf(102), byHeight);
    check("anchor-litecoin-regtest-50.hex", later.encode().toHex());
    assertThat(Anchor.decode(later.encode())).isEqualTo(later);
    TestClient client = TestClient.at(litecoin, later);
    assertThat(client.feed(headers.subList(51, headers.size()))).isEqualTo("accepted");
  }

  @Test
  void signet() throws IOException {
    ChainParameters network = BitcoinNetworks.BITCOIN_SIGNET;
    ClientSettings settings = ClientSettings.of(network).withChallenge(SignetChallenge.PUBLIC);
    Anchor genesis = new AnchorBuilder(network, settings).genesis();
    check("anchor-signet-genesis.hex", genesis.encode().toHex());
    assertThat(Anchor.decode(genesis.encode())).isEqualTo(genesis);
    assertThat(ClientSettings.decode(settings.encode())).isEqualTo(settings);
    SignetHeader first = SignetHeader.of(SignetSolutionTest.realBlocks().getFirst());
    check("update-signet-1.hex", HeaderMessage.encode(List.of(first.encode())).toHex());
    assertThat(SignetHeader.decode(first.encode())).isEqualTo(first);
  }

  @Test
  void stateRecords() throws IOException {
    TestClient client = TestClient.atGenesis(REGTEST);
    List<BlockHeader> main = Miner.branch(REGTEST.genesis(), "main", 3);
    client.feed(main);
    client.feed(Miner.branch(main.getFirst(), "side", 1));
    StringBuilder all = new StringBuilder();
    client.state.forEach(
        (key, value) -> all.append(key.toHex()).append(' ').append(value.toHex()).append('\n'));
    check("state-regtest.txt", all.toString().strip());
  }

  @Test
  void inclusionProofAndUpdate() throws IOException {
    Bytes raw = Vectors.file("bitcoin/blocks/mainnet-169482.dat");
    List<BitcoinTransaction> transactions = RealChainTest.transactions(raw);
    List<Hash32> ids = transactions.stream().map(BitcoinTransaction::txId).toList();
    Hash32 block = BlockHeader.of(raw.slice(0, BlockHeader.SIZE)).id();
    check(
        "inclusion-mainnet-169482-5.hex",
        TransactionInclusion.proof(block, ids, 5, transactions.getFirst().serialize())
            .encode()
            .toHex());
    check(
        "update-genesis.hex",
        new BitcoinLightClient().encodeUpdate(List.of(REGTEST.genesis().raw())).toHex());
  }

  @Test
  void custodyOutputsAndPlan() throws IOException {
    CustodyFixture four = new CustodyFixture(4, 3);
    var lock = four.deposit("golden");
    var resting = four.rules.restingLock(CustodyFixture.CHAIN, four.committee);
    var plan = four.plan(List.of(four.depositCoin("golden", 50_000)), 40_000, 5);
    check(
        "custody.txt",
        String.join(
            "\n",
            lock.script().toHex(),
            lock.address(),
            lock.spendingScript().toHex(),
            lock.controlBlock().toHex(),
            resting.script().toHex(),
            resting.spendingScript().toHex(),
            plan.unsigned().toHex(),
            four.rules.signingDigests(four.committee, plan).getFirst().toHex()));
  }

  @Test
  void theFamilyIsFoundUnderItsStableName() {
    List<LightClientFamily> families =
        ServiceLoader.load(LightClientFamily.class).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
    assertThat(families).extracting(LightClientFamily::type).containsExactly("bitcoin-pow/1");
    assertThat(families.getFirst().custody()).isPresent();
    Bytes anchor = new AnchorBuilder(REGTEST, ClientSettings.of(REGTEST)).genesis().encode();
    assertThat(families.getFirst().client().initialize(anchor, new Budget(10_000)).isAccepted())
        .isTrue();
  }

  @Test
  void anchorsThatContradictThemselvesAreRefused() {
    BlockHeader next = Miner.branch(REGTEST.genesis(), "n", 1).getFirst();
    ClientSettings settings = ClientSettings.of(REGTEST);
    List<BlockHeader> both = List.of(REGTEST.genesis(), next);
    assertThat(code(new Anchor(settings, 1, BigInteger.valueOf(4), both, none(), none())))
        .isEqualTo("accepted");
    assertThat(code(new Anchor(settings, 1, BigInteger.valueOf(5), both, none(), none())))
        .as("work")
        .isEqualTo("malformed");
    assertThat(code(new Anchor(settings, 2, BigInteger.valueOf(9), both, none(), none())))
        .as("too few headers")
        .isEqualTo("malformed");
    assertThat(code(new Anchor(settings, 1, BigInteger.TWO, List.of(next), none(), none())))
        .isEqualTo("malformed");
    assertThat(code(new Anchor(settings, 0, BigInteger.TWO, List.of(next), none(), none())))
        .isEqualTo("wrong-chain");
    List<BlockHeader> unlinked = List.of(REGTEST.genesis(), Miner.branch(next, "m", 1).getFirst());
    assertThat(code(new Anchor(settings, 1, BigInteger.valueOf(4), unlinked, none(), none())))
        .isEqualTo("bad-prev");
    ClientSettings unknown = new ClientSettings("dogecoin", 100, 4_032, BigInteger.ZERO);
    assertThat(code(new Anchor(unknown, 1, BigInteger.valueOf(4), both, none(), none())))
        .isEqualTo("wrong-chain");
  }

  private static java.util.Optional<BlockHeader> none() {
    return java.util.Optional.empty();
  }

  private static String code(Anchor anchor) {
    return TestClient.code(
        new BitcoinLightClient().initialize(anchor.encode(), new Budget(1_000_000)));
  }
}
