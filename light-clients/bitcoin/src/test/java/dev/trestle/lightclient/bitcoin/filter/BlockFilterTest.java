package dev.trestle.lightclient.bitcoin.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.bitcoin.FullBlock;
import dev.trestle.lightclient.bitcoin.Vectors;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Filters that are cut off, padded, of other blocks or without an element are refused. */
class BlockFilterTest {
  private static final long SEED = 20_261_126L;
  private static final JsonNode ROW = Vectors.json("litecoin/regtest/bip158.json").get(0);
  private static final FullBlock BLOCK = FullBlock.parse(Vectors.hex(ROW.get("block"))).orThrow();
  private static final Bytes RAW = Vectors.hex(ROW.get("basic_filter"));
  private static final Hash32 PREVIOUS =
      Hash32.fromReversedHex(ROW.get("previous_filter_header").asString());
  private static final Hash32 HEADER = Hash32.fromReversedHex(ROW.get("filter_header").asString());

  private static Verdict<BlockFilter> parse(Bytes raw) {
    return BlockFilter.parse(BLOCK.header().id(), raw, new Budget(1_000_000));
  }

  private static void assertCode(RejectionCode code, Verdict<?> verdict) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, rejected -> assertThat(rejected.reason()).isEqualTo(code));
  }

  private static List<Bytes> spent() {
    List<Bytes> scripts = new ArrayList<>();
    ROW.get("prev_output_scripts").forEach(script -> scripts.add(Vectors.hex(script)));
    return scripts;
  }

  /** The test vector of the SipHash paper, appendix A. */
  @Test
  void sipHashOfThePaper() {
    Bytes message = Bytes.fromHex("000102030405060708090a0b0c0d0e");
    assertThat(new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L).hash(message))
        .isEqualTo(0xa129ca6149be45e5L);
  }

  @Test
  void everySingleBitOfAFilterCounts() {
    int mutants = 0;
    for (JsonNode row : Vectors.json("litecoin/regtest/bip158.json")) {
      FullBlock block = FullBlock.parse(Vectors.hex(row.get("block"))).orThrow();
      Hash32 previous = Hash32.fromReversedHex(row.get("previous_filter_header").asString());
      Hash32 header = Hash32.fromReversedHex(row.get("filter_header").asString());
      Bytes raw = Vectors.hex(row.get("basic_filter"));
      for (int bit = 0; bit < 8 * raw.size(); bit++) {
        byte[] mutant = raw.toArray();
        mutant[bit / 8] ^= (byte) (1 << bit % 8);
        assertThat(
                BlockFilter.parse(block.header().id(), Bytes.wrap(mutant), new Budget(1_000))
                    .then(filter -> FilterHeaders.check(previous, header, filter))
                    .isAccepted())
            .isFalse();
        mutants++;
      }
    }
    assertThat(mutants).isGreaterThan(500);
  }

  @Test
  void malformedFiltersAreRefused() {
    BlockFilter good = parse(RAW).orThrow();
    assertThat(good.size()).isEqualTo(RAW.at(0));
    assertCode(RejectionCode.MALFORMED, parse(Bytes.EMPTY));
    assertCode(RejectionCode.MALFORMED, parse(RAW.slice(0, RAW.size() - 1)));
    assertCode(RejectionCode.MALFORMED, parse(Bytes.concat(RAW, Bytes.fromHex("00"))));
    assertCode(RejectionCode.MALFORMED, parse(Bytes.fromHex("feffffffff")));
    assertCode(RejectionCode.MALFORMED, parse(Bytes.fromHex("fd0500")));
    assertCode(RejectionCode.MALFORMED, parse(Bytes.fromHex("01" + "ff".repeat(100_000))));
    assertCode(
        RejectionCode.MALFORMED, parse(Bytes.fromHex("01" + "ff".repeat(20) + "000000000000")));
    assertThat(parse(Bytes.fromHex("00")).isAccepted()).as("a block without scripts").isTrue();
    assertCode(RejectionCode.MALFORMED, parse(Bytes.fromHex("0000")));
    assertCode(
        RejectionCode.MALFORMED,
        BlockFilter.parse(
            BLOCK.header().id(),
            Bytes.wrap(new byte[BlockFilter.MAX_SIZE + 1]),
            new Budget(10_000_000)));
    assertCode(
        RejectionCode.BUDGET_EXCEEDED,
        BlockFilter.parse(BLOCK.header().id(), RAW, new Budget(RAW.size() / 8)));
  }

  @Test
  void theFilterOfAnotherBlockIsRefused() {
    BlockFilter good = parse(RAW).orThrow();
    assertThat(good.check(BLOCK.transactions(), spent()).isAccepted()).isTrue();
    assertCode(RejectionCode.FILTER_MISMATCH, good.check(BLOCK.transactions(), List.of()));
    BlockFilter empty = parse(Bytes.fromHex("00")).orThrow();
    assertCode(RejectionCode.UNEXPECTED_ELEMENT, empty.checkOutputs(BLOCK.transactions()));
    assertCode(
        RejectionCode.FILTER_MISMATCH,
        FilterHeaders.check(PREVIOUS, Digests.sha256(Bytes.EMPTY), good));
    assertCode(RejectionCode.FILTER_MISMATCH, FilterHeaders.check(HEADER, HEADER, good));
    assertThat(FilterHeaders.check(PREVIOUS, HEADER, good).isAccepted()).isTrue();
  }

  @Test
  void headersFollowEachOther() {
    Hash32 previous = PREVIOUS;
    List<Hash32> hashes = new ArrayList<>();
    List<Hash32> headers = new ArrayList<>();
    for (JsonNode row : Vectors.json("litecoin/regtest/bip158.json")) {
      if (!Hash32.fromReversedHex(row.get("previous_filter_header").asString())
          .equals(headers.isEmpty() ? previous : headers.getLast())) {
        break;
      }
      hashes.add(Digests.sha256d(Vectors.hex(row.get("basic_filter"))));
      headers.add(Hash32.fromReversedHex(row.get("filter_header").asString()));
    }
    assertThat(hashes).hasSizeGreaterThan(1);
    assertThat(FilterHeaders.follow(previous, hashes, new Budget(1_000)).orThrow())
        .isEqualTo(headers);
    assertCode(
        RejectionCode.BUDGET_EXCEEDED,
        FilterHeaders.follow(previous, hashes, new Budget(3L * hashes.size() - 1)));
    assertCode(
        RejectionCode.MALFORMED, FilterHeaders.follow(previous, List.of(), new Budget(1_000)));
    List<Hash32> tooMany = java.util.Collections.nCopies(2_001, PREVIOUS);
    assertCode(
        RejectionCode.MALFORMED, FilterHeaders.follow(previous, tooMany, new Budget(100_000)));
  }

  /** No false no, and about one false yes in {@link BlockFilter#M}. */
  @Test
  void whatIsInTheFilterIsFound() {
    System.out.println("BlockFilterTest seed " + SEED);
    Random random = new Random(SEED);
    List<Bytes> scripts = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      byte[] script = new byte[1 + random.nextInt(40)];
      random.nextBytes(script);
      scripts.add(Bytes.wrap(script));
    }
    BlockFilter built = BlockFilter.build(PREVIOUS, List.of(), scripts);
    BlockFilter read = BlockFilter.parse(PREVIOUS, built.raw(), new Budget(1_000_000)).orThrow();
    assertThat(read.size()).isEqualTo(built.size());
    for (Bytes script : scripts) {
      assertThat(read.mayContain(List.of(script))).isTrue();
    }
    int wrong = 0;
    for (int i = 0; i < 20_000; i++) {
      wrong += read.mayContain(List.of(Bytes.utf8("not in it " + i))) ? 1 : 0;
    }
    assertThat(wrong).isLessThan(3);
    assertThat(read.mayContain(List.of(Bytes.EMPTY))).isFalse();
    assertThat(read.mayContain(List.of(Bytes.utf8("x"), scripts.get(7)))).isTrue();
  }

  @Test
  void aBlockMustBeWhole() {
    Bytes raw = Vectors.hex(ROW.get("block"));
    assertThat(FullBlock.parse(raw).isAccepted()).isTrue();
    assertThat(FullBlock.parse(raw.slice(0, raw.size() - 1)).isAccepted()).isFalse();
    assertThat(FullBlock.parse(raw.slice(0, 80)).isAccepted()).isFalse();
    assertCode(
        RejectionCode.TRAILING_BYTES, FullBlock.parse(Bytes.concat(raw, Bytes.fromHex("00"))));
    byte[] otherRoot = raw.toArray();
    otherRoot[40] ^= 1;
    assertCode(RejectionCode.ROOT_MISMATCH, FullBlock.parse(Bytes.wrap(otherRoot)));
  }
}
