package dev.trestle.lightclient.cometbft.json;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.cometbft.BlockId;
import dev.trestle.lightclient.cometbft.Commit;
import dev.trestle.lightclient.cometbft.CommitSignature;
import dev.trestle.lightclient.cometbft.Header;
import dev.trestle.lightclient.cometbft.SignedHeader;
import dev.trestle.lightclient.cometbft.TrustLevel;
import dev.trestle.lightclient.cometbft.TrustOptions;
import dev.trestle.lightclient.cometbft.Validator;
import dev.trestle.lightclient.cometbft.ValidatorSet;
import dev.trestle.lightclient.vectors.VectorJson;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** CometBFT's JSON of headers, commits and sets. Everything throws {@link DecodeException}. */
public final class CometJson {
  private static final String ED25519 = "tendermint/PubKeyEd25519";
  private static final int MAX_ITEMS = 20_000;

  /** Two weeks and ten seconds where a file does not say. */
  private static final TrustOptions DEFAULT_OPTIONS =
      new TrustOptions(TrustLevel.ONE_THIRD, Duration.ofDays(14), Duration.ofSeconds(10));

  private CometJson() {}

  public static LightBlock lightBlock(JsonNode node) {
    return new LightBlock(
        signedHeader(VectorJson.field(node, "signed_header")),
        validators(VectorJson.field(node, "validator_set")),
        VectorJson.optional(node, "next_validator_set").map(CometJson::validators));
  }

  public static SignedHeader signedHeader(JsonNode node) {
    return new SignedHeader(
        header(VectorJson.field(node, "header")), commit(VectorJson.field(node, "commit")));
  }

  public static Header header(JsonNode node) {
    JsonNode version = VectorJson.field(node, "version");
    return checked(
        () ->
            new Header(
                numberOrZero(version, "block"),
                numberOrZero(version, "app"),
                VectorJson.text(node, "chain_id"),
                VectorJson.number(node, "height"),
                time(node, "time"),
                blockId(VectorJson.optional(node, "last_block_id")),
                hash(node, "last_commit_hash"),
                hash(node, "data_hash"),
                hash(node, "validators_hash"),
                hash(node, "next_validators_hash"),
                hash(node, "consensus_hash"),
                hash(node, "app_hash"),
                hash(node, "last_results_hash"),
                hash(node, "evidence_hash"),
                hash(node, "proposer_address")));
  }

  public static Commit commit(JsonNode node) {
    return checked(
        () ->
            new Commit(
                VectorJson.number(node, "height"),
                Math.toIntExact(numberOrZero(node, "round")),
                blockId(VectorJson.optional(node, "block_id")),
                limited(VectorJson.list(node, "signatures")).stream()
                    .map(CometJson::signature)
                    .toList()));
  }

  private static CommitSignature signature(JsonNode node) {
    return new CommitSignature(
        CommitSignature.Vote.of(VectorJson.number(node, "block_id_flag")),
        hash(node, "validator_address"),
        node.hasNonNull("timestamp") ? time(node, "timestamp") : Instant.EPOCH,
        VectorJson.optional(node, "signature").map(CometJson::base64).orElse(Bytes.EMPTY));
  }

  private static BlockId blockId(Optional<JsonNode> node) {
    return node.map(
            id -> {
              Optional<JsonNode> parts =
                  VectorJson.optional(id, "part_set_header")
                      .or(() -> VectorJson.optional(id, "parts"));
              return new BlockId(
                  hash(id, "hash"),
                  parts.map(set -> numberOrZero(set, "total")).orElse(0L),
                  parts.map(set -> hash(set, "hash")).orElse(Bytes.EMPTY));
            })
        .orElse(BlockId.NONE);
  }

  /** A set; the files list it in any order, CometBFT by power and then address. */
  public static ValidatorSet validators(JsonNode node) {
    List<JsonNode> list =
        node.isArray()
            ? VectorJson.list(node)
            : VectorJson.optional(node, "validators").map(VectorJson::list).orElse(List.of());
    return checked(
        () ->
            new ValidatorSet(
                limited(list).stream()
                    .map(CometJson::validator)
                    .sorted(
                        Comparator.comparingLong(Validator::power)
                            .reversed()
                            .thenComparing(Validator::address))
                    .toList()));
  }

  private static Validator validator(JsonNode node) {
    JsonNode key = VectorJson.field(node, "pub_key");
    if (!VectorJson.text(key, "type").equals(ED25519)) {
      throw new DecodeException("a key of type " + VectorJson.text(key, "type"));
    }
    String power = node.hasNonNull("voting_power") ? "voting_power" : "power";
    return new Validator(
        hash(node, "address"),
        base64(VectorJson.field(key, "value")),
        VectorJson.number(node, power));
  }

  public static Instant time(JsonNode node, String name) {
    return checked(() -> Instant.parse(VectorJson.text(node, name)));
  }

  /** What the file says of periods and trust level, each with its default. */
  public static TrustOptions options(JsonNode node, Duration drift) {
    return checked(
        () ->
            new TrustOptions(
                trustLevel(node),
                nanos(node, "trusting_period_ns")
                    .or(() -> nanos(node, "trusting_period"))
                    .orElse(DEFAULT_OPTIONS.trustingPeriod()),
                nanos(node, "clock_drift_ns").orElse(drift)));
  }

  public static TrustOptions options(JsonNode node) {
    return options(node, DEFAULT_OPTIONS.maxClockDrift());
  }

  private static TrustLevel trustLevel(JsonNode node) {
    if (!node.hasNonNull("trust_level")) {
      return TrustLevel.ONE_THIRD;
    }
    String[] parts = VectorJson.text(node, "trust_level").split("/", -1);
    if (parts.length != 2) {
      throw new DecodeException("trust level of " + parts.length + " numbers");
    }
    return new TrustLevel(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
  }

  private static Optional<Duration> nanos(JsonNode node, String name) {
    return node.hasNonNull(name)
        ? Optional.of(Duration.ofNanos(VectorJson.number(node, name)))
        : Optional.empty();
  }

  public static long numberOrZero(JsonNode node, String name) {
    return node.hasNonNull(name) ? VectorJson.number(node, name) : 0;
  }

  /** Hex; empty when missing. */
  private static Bytes hash(JsonNode node, String name) {
    return VectorJson.optional(node, name).map(VectorJson::hex).orElse(Bytes.EMPTY);
  }

  public static Bytes base64(JsonNode node) {
    return checked(() -> Bytes.wrap(Base64.getDecoder().decode(node.asString())));
  }

  private static List<JsonNode> limited(List<JsonNode> items) {
    if (items.size() > MAX_ITEMS) {
      throw new DecodeException(items.size() + " items");
    }
    return items;
  }

  public static <T> T checked(Supplier<T> parser) {
    try {
      return parser.get();
    } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
      throw new DecodeException(String.valueOf(e.getMessage()));
    }
  }
}
