package dev.trestle.lightclient.bitcoin.vectors;

import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.DifficultyRule;
import dev.trestle.lightclient.bitcoin.HeaderRules;
import dev.trestle.lightclient.bitcoin.PowHash;
import dev.trestle.lightclient.bitcoin.StoredHeader;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.vectors.VectorReading;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Headers in JSON: ends of testnet4, branches of full blocks, a chain and verdicts of litecoind,
 * headers with scrypt hashes.
 */
final class HeaderJson implements BitcoinVectors.Reader {
  private static final int ORACLE_HEIGHT = 112;

  @Override
  public VectorReading read(VectorFile file) {
    if (!file.isJson()) {
      return VectorReading.foreign();
    }
    JsonNode json = file.json();
    if (VectorJson.hasFields(json, "headers", "bits_at_2016")) {
      return VectorReading.cases(endsOfPeriod(json));
    }
    if (VectorJson.hasFields(json, "parent", "parent_mtp", "cases")) {
      return VectorReading.cases(oracle(json));
    }
    if (VectorJson.hasFields(json, "headers")
        && VectorJson.first(json.get("headers"))
            .filter(row -> VectorJson.hasFields(row, "height", "header", "mediantime"))
            .isPresent()) {
      return VectorReading.cases(nodeChain(VectorJson.list(json, "headers")));
    }
    if (json.isArray() && !json.isEmpty() && isBranch(json.get(0))) {
      return VectorReading.cases(blockBranches(json));
    }
    boolean scrypt =
        VectorJson.first(json)
            .filter(each -> VectorJson.hasFields(each, "header", "pow_hash_scrypt"))
            .isPresent();
    return scrypt ? VectorReading.cases(scrypt(json)) : VectorReading.foreign();
  }

  /** A list of whole blocks in hex. */
  private static boolean isBranch(JsonNode node) {
    return node.isArray()
        && !node.isEmpty()
        && node.get(0).isString()
        && node.get(0).asString().length() > 2 * BlockHeader.SIZE;
  }

  private static List<VectorCase> endsOfPeriod(JsonNode json) {
    ChainParameters network = BitcoinNetworks.BITCOIN_TESTNET4;
    TreeMap<Integer, BlockHeader> byHeight = new TreeMap<>();
    JsonNode headers = VectorJson.field(json, "headers");
    for (String height : headers.propertyNames()) {
      if (!height.matches("[0-9]{1,8}")) {
        throw new DecodeException("not a height: " + height);
      }
      byHeight.put(Integer.parseInt(height), Checks.header(headers, height));
    }
    List<BlockHeader> start = new ArrayList<>();
    while (byHeight.containsKey(start.size())) {
      start.add(byHeight.remove(start.size()));
    }
    List<BlockHeader> end = new ArrayList<>(byHeight.values());
    if (start.size() < 2 || end.isEmpty()) {
      throw new DecodeException("not the two ends of a period");
    }
    long bits = Checks.bits(json, "bits_at_2016");
    return List.of(
        new VectorCase(
            start.size() + " headers from genesis",
            Expected.ACCEPT,
            () -> new RealRun(network, 0, start).verify()),
        new VectorCase(
            "headers before the retarget",
            Expected.ACCEPT,
            () -> new RealRun(network, byHeight.firstKey(), end).verify()),
        new VectorCase(
            "retarget at 2016",
            Expected.ACCEPT,
            () ->
                new Checks()
                    .same(
                        "target",
                        bits,
                        new DifficultyRule(network.difficulty())
                            .retarget(
                                network.genesis().bits(),
                                end.getLast().time() - start.getFirst().time()))
                    .outcome()));
  }

  private static List<VectorCase> oracle(JsonNode json) {
    ChainParameters network = BitcoinNetworks.LITECOIN_REGTEST;
    BlockHeader parent = Checks.header(json, "parent");
    StoredHeader stored =
        new StoredHeader(
            parent,
            ORACLE_HEIGHT,
            BigInteger.TEN,
            List.of(VectorJson.number(json, "parent_mtp")),
            parent.time(),
            parent.bits(),
            parent.bits());
    long now = VectorJson.number(json, "now");
    List<VectorCase> out = new ArrayList<>();
    for (JsonNode each : VectorJson.list(json, "cases")) {
      BlockHeader header = Checks.header(each, "header");
      out.add(
          new VectorCase(
              VectorJson.text(each, "comment"),
              verdictOfNode(VectorJson.field(each, "oracle")),
              () -> FollowedChain.at(network, stored).feed(List.of(header), now)));
    }
    return out;
  }

  /** What litecoind's {@code submitheader} said. */
  private static Expected verdictOfNode(JsonNode oracle) {
    String said = oracle.isString() ? oracle.asString() : VectorJson.text(oracle, "error");
    if (said.equals("accepted")) {
      return Expected.ACCEPT;
    }
    return Expected.reject(
        said.startsWith("bad-version")
            ? "bad-version"
            : said.startsWith("Must submit previous header") ? "bad-prev" : said);
  }

  private static List<VectorCase> nodeChain(List<JsonNode> rows) {
    List<BlockHeader> headers = rows.stream().map(row -> Checks.header(row, "header")).toList();
    ChainParameters network =
        NetworkNames.ofGenesis(headers.getFirst())
            .orElseThrow(() -> new DecodeException("the first header is no known genesis"));
    FollowedChain chain = FollowedChain.atGenesis(network);
    List<VectorCase> out = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      JsonNode row = rows.get(i);
      BlockHeader header = headers.get(i);
      long height = VectorJson.number(row, "height");
      // Cases are run in order: each adds its header to what the ones before left.
      out.add(
          new VectorCase(
              "height " + height,
              Expected.ACCEPT,
              () -> {
                Outcome added = height == 0 ? Outcome.ok() : chain.feed(List.of(header));
                return Checks.after(added)
                    .same("height", height, chain.height())
                    .same("hash", Checks.displayed(row, "hash"), chain.tip())
                    .same("chain work", Checks.hexNumber(row, "chainwork"), chain.work())
                    .same(
                        "median time",
                        VectorJson.number(row, "mediantime"),
                        chain.medianTime().orThrow())
                    .outcome();
              }));
    }
    return out;
  }

  private static List<VectorCase> blockBranches(JsonNode json) {
    FollowedChain chain = FollowedChain.atGenesis(BitcoinNetworks.BITCOIN_REGTEST);
    List<VectorCase> out = new ArrayList<>();
    int number = 0;
    for (JsonNode branch : VectorJson.list(json)) {
      List<BlockHeader> headers =
          VectorJson.list(branch).stream()
              .map(each -> BlockCases.block(VectorJson.hex(each)).header())
              .toList();
      out.add(
          new VectorCase(
              "branch " + number++ + " of " + headers.size() + " blocks",
              Expected.ACCEPT,
              () ->
                  Checks.after(chain.feed(headers))
                      .same("tip", headers.getLast().id(), chain.tip())
                      .outcome()));
    }
    return out;
  }

  private static List<VectorCase> scrypt(JsonNode json) {
    HeaderRules rules = new HeaderRules(BitcoinNetworks.LITECOIN_MAINNET);
    List<VectorCase> out = new ArrayList<>();
    int number = 0;
    for (JsonNode each : VectorJson.list(json)) {
      BlockHeader header = Checks.header(each, "header");
      boolean valid = VectorJson.bool(each, "pow_ok");
      out.add(
          new VectorCase(
              Integer.toString(number++),
              Expected.ACCEPT,
              () ->
                  new Checks()
                      .same("id", Checks.displayed(each, "block_id_sha256d"), header.id())
                      .same(
                          "scrypt hash",
                          Checks.displayed(each, "pow_hash_scrypt"),
                          PowHash.SCRYPT.of(header))
                      .same("proof of work", valid, rules.hasProofOfWork(header))
                      .outcome()));
    }
    return out;
  }
}
