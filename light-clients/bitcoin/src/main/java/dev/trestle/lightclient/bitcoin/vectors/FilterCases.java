package dev.trestle.lightclient.bitcoin.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.bitcoin.FullBlock;
import dev.trestle.lightclient.bitcoin.filter.BlockFilter;
import dev.trestle.lightclient.bitcoin.filter.FilterHeaders;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.vectors.VectorReading;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Block filters (BIP-158): the table of the BIP (height, hash, block, scripts, previous header,
 * filter, header, note) and litecoind's filters.
 */
final class FilterCases implements BitcoinVectors.Reader {
  private static final int COLUMNS = 8;
  private static final long UNITS = 10_000_000;

  /**
   * @param previous filter header of the parent, wire order
   */
  private record Filtered(
      Hash32 hash,
      FullBlock block,
      List<Bytes> spent,
      Hash32 previous,
      Bytes filter,
      Hash32 header) {}

  @Override
  public VectorReading read(VectorFile file) {
    if (!file.isJson()) {
      return VectorReading.foreign();
    }
    JsonNode first = VectorJson.first(file.json()).orElse(file.json());
    if (VectorJson.hasFields(first, "basic_filter", "filter_header")) {
      return VectorReading.cases(nodeFilters(file.json()));
    }
    boolean table =
        first.isArray()
            && !first.isEmpty()
            && first.get(0).isString()
            && first.get(0).asString().startsWith("Block Height,Block Hash");
    return table ? VectorReading.cases(table(file.json())) : VectorReading.foreign();
  }

  private static List<VectorCase> table(JsonNode json) {
    List<JsonNode> rows = VectorJson.list(json);
    List<VectorCase> out = new ArrayList<>();
    for (JsonNode row : rows.subList(1, rows.size())) {
      if (!row.isArray() || row.size() < COLUMNS - 1) {
        throw new DecodeException("a row of " + row.size() + " columns");
      }
      Filtered filtered =
          new Filtered(
              Checks.hash(VectorJson.hex(row.get(1)).reverse()),
              BlockCases.block(VectorJson.hex(row.get(2))),
              VectorJson.list(row.get(3)).stream().map(VectorJson::hex).toList(),
              Checks.hash(VectorJson.hex(row.get(4)).reverse()),
              VectorJson.hex(row.get(5)),
              Checks.hash(VectorJson.hex(row.get(6)).reverse()));
      String note = row.size() == COLUMNS ? row.get(7).asString() : "";
      out.add(
          new VectorCase(
              ("height " + row.get(0).asString() + " " + note).strip(),
              Expected.ACCEPT,
              () -> check(filtered)));
    }
    return out;
  }

  private static List<VectorCase> nodeFilters(JsonNode json) {
    List<VectorCase> out = new ArrayList<>();
    for (JsonNode each : VectorJson.list(json)) {
      Filtered filtered =
          new Filtered(
              Checks.displayed(each, "block_hash"),
              BlockCases.block(VectorJson.hex(each, "block")),
              VectorJson.list(each, "prev_output_scripts").stream().map(VectorJson::hex).toList(),
              Checks.displayed(each, "previous_filter_header"),
              VectorJson.hex(each, "basic_filter"),
              Checks.displayed(each, "filter_header"));
      out.add(
          new VectorCase(
              "height " + VectorJson.number(each, "height"),
              Expected.ACCEPT,
              () -> check(filtered)));
    }
    return out;
  }

  private static Outcome check(Filtered each) {
    Verdict<BlockFilter> verdict =
        BlockFilter.parse(each.hash(), each.filter(), new Budget(UNITS))
            .then(filter -> FilterHeaders.check(each.previous(), each.header(), filter))
            .then(filter -> filter.checkOutputs(each.block().transactions()))
            .then(filter -> filter.check(each.block().transactions(), each.spent()));
    if (!(verdict instanceof Verdict.Accepted<BlockFilter>(BlockFilter accepted))) {
      return Outcome.of(verdict);
    }
    return new Checks()
        .same("block", each.hash(), each.block().header().id())
        .holds(
            "a spent script is not in the filter",
            each.spent().stream()
                .filter(script -> !script.isEmpty())
                .allMatch(script -> accepted.mayContain(List.of(script))))
        .outcome();
  }
}
