package dev.trestle.lightclient.bitcoin;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.bitcoin.filter.BlockFilter;
import dev.trestle.lightclient.bitcoin.filter.FilterHeaders;
import dev.trestle.lightclient.bitcoin.script.Address;
import dev.trestle.lightclient.bitcoin.script.AddressFormat;
import dev.trestle.lightclient.bitcoin.script.OutputScript;
import dev.trestle.lightclient.bitcoin.script.TaprootOutput;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.contract.FuzzInput;
import dev.trestle.lightclient.contract.FuzzSeeds;
import dev.trestle.lightclient.contract.FuzzedClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/**
 * Whatever comes in, a decoder answers or throws {@link DecodeException}, what it reads it writes
 * back byte for byte, and the client gives a verdict. A normal test run replays the corpus; {@code
 * light-clients/fuzz/run} fuzzes.
 */
class BitcoinFuzzTest {
  private static final String DURATION = "1h";
  private static final long EXECUTIONS = 10_000_000;
  private static final long UNITS = 1_000_000;
  private static final FuzzedClient CLIENT =
      new FuzzedClient(new BitcoinContractTest().client(), new BitcoinContractTest().scenario());
  private static final List<AddressFormat> FORMATS =
      BitcoinNetworks.all().stream().map(ChainParameters::addresses).toList();
  private static final CustodyFixture CUSTODY = new CustodyFixture(4, 3);

  @Test
  void seedsAreOfTodaysFormats() throws IOException {
    SortedMap<String, Bytes> seeds = CLIENT.seeds();
    ContractChain.TRANSACTIONS.stream()
        .limit(2)
        .forEach(each -> seeds.put("blocks/transaction-" + seeds.size(), each.serialize()));
    Bytes genesis = BitcoinNetworks.BITCOIN_MAINNET.genesis().raw();
    seeds.put(
        "blocks/block",
        Bytes.concat(genesis, Bytes.fromHex("01"), ContractChain.TRANSACTIONS.get(0).serialize()));
    seeds.put(
        "blocks/merkle-block",
        Bytes.concat(
            genesis,
            Bytes.fromHex("0100000001"),
            BitcoinNetworks.BITCOIN_MAINNET.genesis().merkleRoot().bytes(),
            Bytes.fromHex("0101")));
    seeds.put("filters/one", BlockFilter.build(Hash32.ZERO, List.of(), List.of(genesis)).raw());
    seeds.put("addresses/taproot", Bytes.utf8(Address.taproot("bc", TaprootOutput.NUMS_KEY)));
    seeds.put(
        "addresses/legacy",
        Bytes.utf8(
            Address.of(FORMATS.getFirst(), OutputScript.example(OutputScript.Type.P2PKH))
                .orElseThrow()));
    seeds.put("headers/steps", Bytes.fromHex("0001000000020000000003000000000400000000"));
    FuzzSeeds.check(BitcoinFuzzTest.class, seeds);
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void anchors(byte[] data) {
    Bytes input = Bytes.of(data);
    FuzzInput.canonical(input, Anchor::decode, Anchor::encode);
    CLIENT.anchor(input);
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void messages(byte[] data) {
    CLIENT.message(Bytes.of(data));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void claims(byte[] data) {
    Bytes input = Bytes.of(data);
    FuzzInput.canonical(input, TransactionInclusion::decode, TransactionInclusion::encode);
    CLIENT.claim(input);
  }

  /** Whole and stripped transactions, blocks, and {@code merkleblock} messages. */
  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void blocks(byte[] data) {
    Bytes input = Bytes.of(data);
    if (BitcoinTransaction.parse(input)
        instanceof Verdict.Accepted<BitcoinTransaction>(BitcoinTransaction transaction)) {
      if (!transaction.serialize().equals(input)) {
        throw new AssertionError("another form of a transaction: " + input);
      }
      BitcoinTransaction stripped =
          BitcoinTransaction.parse(transaction.serializeStripped()).orThrow();
      if (!stripped.txId().equals(transaction.txId())) {
        throw new AssertionError("the witness changes the id: " + input);
      }
    }
    FullBlock.parse(input);
    if (MerkleBlock.parse(input) instanceof Verdict.Accepted<MerkleBlock>(MerkleBlock block)) {
      for (MerkleBlock.Match match : block.matches()) {
        OptionalLong count = OptionalLong.of(block.txCount());
        if (!match.branch().verify(block.header().merkleRoot(), match.txId(), count).isAccepted()) {
          throw new AssertionError("a match without a branch: " + input);
        }
      }
    }
    CUSTODY.rules.coinsPaidTo(input, CUSTODY.deposit("fuzz"));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void filters(byte[] data) {
    Bytes input = Bytes.of(data);
    if (BlockFilter.parse(Hash32.ZERO, input, new Budget(UNITS))
        instanceof Verdict.Accepted<BlockFilter>(BlockFilter filter)) {
      filter.mayContain(List.of(input, Bytes.EMPTY));
      filter.check(List.of(), List.of(input));
      FilterHeaders.check(Hash32.ZERO, Hash32.ZERO, filter);
    }
  }

  /** Headers that the input describes: the client of the relay chain and the fast one agree. */
  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void headers(byte[] data) {
    new TwoClients().play(Bytes.of(data));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void addresses(byte[] data) {
    String text = new String(data, StandardCharsets.ISO_8859_1);
    Bytes script = Bytes.of(data);
    TaprootOutput.commits(script, script, script);
    for (AddressFormat format : FORMATS) {
      Optional<Bytes> decoded = Address.decode(format, text);
      decoded.ifPresent(
          each -> {
            // Bech32 may be written in capitals.
            if (!Address.of(format, each).orElseThrow().equalsIgnoreCase(text)) {
              throw new AssertionError("another form of an address: " + text);
            }
          });
      Address.of(format, script)
          .ifPresent(
              address -> {
                if (!Address.decode(format, address).equals(Optional.of(script))) {
                  throw new AssertionError("an address of another script: " + script);
                }
              });
    }
  }
}
