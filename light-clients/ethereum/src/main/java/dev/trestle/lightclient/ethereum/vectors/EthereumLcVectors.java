package dev.trestle.lightclient.ethereum.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.ethereum.BeaconFork;
import dev.trestle.lightclient.ethereum.BeaconNetwork;
import dev.trestle.lightclient.ethereum.LightClientBootstrap;
import dev.trestle.lightclient.ethereum.LightClientHeader;
import dev.trestle.lightclient.ethereum.LightClientStore;
import dev.trestle.lightclient.ethereum.LightClientUpdate;
import dev.trestle.lightclient.ethereum.LightClientUpdate.Kind;
import dev.trestle.lightclient.ethereum.Preset;
import dev.trestle.lightclient.ethereum.Profile;
import dev.trestle.lightclient.ethereum.SyncCommittee;
import dev.trestle.lightclient.ethereum.SyncProtocol;
import dev.trestle.lightclient.ethereum.SyncRules;
import dev.trestle.lightclient.ethereum.UpdateRanking;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorFormat;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.vectors.VectorReading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * Vectors of the sync protocol: our JSON cases, raw SSZ objects with a {@code case.json}, and the
 * consensus spec tests. Every step is a case; it matches when the verdict, its reason and the store
 * afterwards are as expected.
 */
public final class EthereumLcVectors implements VectorFormat {
  private static final String CASE_FILE = "case.json";

  private final Function<BeaconNetwork, SyncRules> rules;

  public EthereumLcVectors() {
    this(network -> new SyncProtocol(network, Profile.SPECIFICATION));
  }

  /** With rules that a test has spoiled, to see which vectors notice. */
  EthereumLcVectors(Function<BeaconNetwork, SyncRules> rules) {
    this.rules = rules;
  }

  @Override
  public String family() {
    return "ethereum-lc";
  }

  @Override
  public List<String> folders() {
    return List.of("ethereum-lc");
  }

  @Override
  public VectorReading read(VectorFile file) {
    if (file.hasSuffix(".ssz")) {
      return new VectorReading.PartOf(CASE_FILE);
    }
    if (SpecTestVectors.isPart(file)) {
      return new VectorReading.PartOf(SpecTestVectors.STEPS);
    }
    if (file.name().equals(SpecTestVectors.STEPS)) {
      return VectorReading.cases(SpecTestVectors.cases(file, rules));
    }
    if (!file.isJson() || !isCase(file.json())) {
      return VectorReading.foreign();
    }
    return VectorReading.cases(
        file.json().has("updates") ? ranking(file.json()) : new Reader(file, rules).cases());
  }

  private static boolean isCase(JsonNode json) {
    return VectorJson.hasFields(json, "preset", "config")
        && (json.has("steps") || json.has("updates") || json.has("bootstrap"));
  }

  /** {@code is_better_update(a, b)} exactly when a stands before b. */
  private static List<VectorCase> ranking(JsonNode json) {
    Preset preset = BeaconJson.preset(VectorJson.text(json, "preset"));
    BeaconFork container = container(json).orElse(BeaconFork.ELECTRA);
    List<JsonNode> updates = VectorJson.list(json, "updates");
    List<VectorCase> cases = new ArrayList<>();
    UpdateRanking ranking = new UpdateRanking(preset);
    BeaconJson reader = new BeaconJson(preset, container);
    for (int i = 0; i < updates.size(); i++) {
      for (int j = 0; j < updates.size(); j++) {
        JsonNode a = updates.get(i);
        JsonNode b = updates.get(j);
        boolean better = i < j;
        cases.add(
            new VectorCase(
                i + (better ? " is better than " : " is not better than ") + j,
                Expected.of(better),
                () ->
                    Outcome.check(
                        ranking.isBetter(reader.update(a), reader.update(b)),
                        RejectionCode.NOTHING_NEW,
                        "not better")));
      }
    }
    return cases;
  }

  private static Optional<BeaconFork> container(JsonNode json) {
    return VectorJson.optional(json, "container_fork")
        .or(() -> VectorJson.optional(json, "fork"))
        .map(JsonNode::asString)
        .map(BeaconJson::fork);
  }

  /** Reads one JSON case; its steps share a store. */
  private static final class Reader {
    private final VectorFile file;
    private final JsonNode json;
    private final Preset preset;
    private final BeaconNetwork network;
    private final StoreReplay replay;
    private final List<VectorCase> cases = new ArrayList<>();

    Reader(VectorFile file, Function<BeaconNetwork, SyncRules> rules) {
      this.file = file;
      this.json = file.json();
      this.preset = BeaconJson.preset(VectorJson.text(json, "preset"));
      this.network = BeaconJson.network(VectorJson.field(json, "config"), preset);
      this.replay = new StoreReplay(network, rules.apply(network));
    }

    List<VectorCase> cases() {
      if (json.has("bootstrap")) {
        cases.add(new VectorCase("bootstrap", bootstrapExpected(), this::bootstrap));
      } else if (json.has("store")) {
        replay.start(givenStore(VectorJson.field(json, "store")));
      } else {
        replay.start(summary(VectorJson.field(json, "initial")));
      }
      int number = 0;
      for (JsonNode step :
          VectorJson.optional(json, "steps").map(VectorJson::list).orElse(List.of())) {
        String op = op(step);
        cases.add(
            new VectorCase(
                "step " + number++ + ": " + label(op, step),
                Reasons.expected(step),
                checked(step, () -> run(op, step))));
      }
      return cases;
    }

    private Expected bootstrapExpected() {
      return json.has("expect") ? Reasons.expected(json) : Expected.ACCEPT;
    }

    private static String op(JsonNode step) {
      return VectorJson.optional(step, "op").map(JsonNode::asString).orElse("update");
    }

    private static String label(String op, JsonNode step) {
      return VectorJson.optional(step, "comment")
          .or(() -> VectorJson.optional(step, "file"))
          .map(comment -> op + ", " + comment.asString())
          .orElse(op);
    }

    /** Runs a step and then compares the store: a refused step must have left it alone. */
    private Supplier<Outcome> checked(JsonNode step, Supplier<Outcome> run) {
      return () -> {
        Outcome outcome = run.get();
        VectorJson.optional(step, "after").ifPresent(replay::checkAfter);
        return outcome;
      };
    }

    private Outcome run(String op, JsonNode step) {
      return switch (op) {
        case "update" -> update(step, Kind.UPDATE);
        case "finality_update" -> update(step, Kind.FINALITY);
        case "optimistic_update" -> update(step, Kind.OPTIMISTIC);
        case "force_update" -> replay.forceUpdate(BeaconJson.uint64(step, "current_slot"));
        case "membership" -> membership(step);
        default -> throw new DecodeException("no operation " + op);
      };
    }

    private Outcome update(JsonNode step, Kind kind) {
      Optional<SyncCommittee> active =
          VectorJson.optional(step, "active_sync_committee").map(BeaconJson::committee);
      if (active.isPresent()) {
        Hash32 root = replay.remember(active.get());
        LightClientStore store = replay.store();
        boolean next = VectorJson.text(step, "active_committee").equals("next");
        Hash32 known = next ? store.nextCommittee().orElse(Hash32.ZERO) : store.currentCommittee();
        if (!known.equals(root)) {
          return Outcome.rejected(RejectionCode.VALUE_MISMATCH, "not the committee of the store");
        }
      }
      LightClientUpdate update;
      try {
        update = decode(step, kind);
      } catch (DecodeException | IllegalArgumentException e) {
        return Outcome.rejected(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
      }
      long currentSlot =
          step.has("current_slot")
              ? BeaconJson.uint64(step, "current_slot")
              : update.signatureSlot();
      return replay.update(update, currentSlot);
    }

    private LightClientUpdate decode(JsonNode step, Kind kind) {
      if (step.has("file")) {
        Bytes ssz = file.sibling(VectorJson.text(step, "file"));
        return LightClientUpdate.decode(ssz, container(step, "fork"), preset, kind);
      }
      JsonNode data = unwrapped(VectorJson.field(step, "data"));
      BeaconFork container =
          EthereumLcVectors.container(json)
              .orElseGet(() -> network.forkAt(slotOf(VectorJson.field(data, "attested_header"))));
      return new BeaconJson(preset, container).update(data);
    }

    /** The answer of a Beacon API endpoint may still have its envelope. */
    private static JsonNode unwrapped(JsonNode data) {
      return data.has("attested_header") || data.has("header")
          ? data
          : VectorJson.field(data, "data");
    }

    private BeaconFork container(JsonNode step, String name) {
      return VectorJson.optional(step, name)
          .map(JsonNode::asString)
          .map(BeaconJson::fork)
          .or(() -> EthereumLcVectors.container(json))
          .orElseThrow(() -> new DecodeException("no container fork"));
    }

    private static long slotOf(JsonNode header) {
      return BeaconJson.uint64(VectorJson.optional(header, "beacon").orElse(header), "slot");
    }

    private Outcome bootstrap() {
      JsonNode given = VectorJson.field(json, "bootstrap");
      LightClientBootstrap bootstrap;
      try {
        if (given.isString()) {
          Bytes ssz = file.sibling(given.asString());
          bootstrap = LightClientBootstrap.decode(ssz, container(json, "fork"), preset);
        } else {
          JsonNode data = unwrapped(given);
          BeaconFork container =
              EthereumLcVectors.container(json)
                  .orElseGet(() -> network.forkAt(slotOf(VectorJson.field(data, "header"))));
          bootstrap = new BeaconJson(preset, container).bootstrap(data);
        }
      } catch (IllegalArgumentException e) {
        return Outcome.rejected(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
      }
      return replay.bootstrap(BeaconJson.hash(json, "trusted_block_root"), bootstrap);
    }

    private LightClientStore givenStore(JsonNode store) {
      JsonNode finalizedNode = VectorJson.field(store, "finalized_header");
      BeaconFork container =
          EthereumLcVectors.container(json).orElseGet(() -> network.forkAt(slotOf(finalizedNode)));
      BeaconJson reader = new BeaconJson(preset, container);
      LightClientHeader finalized = reader.header(finalizedNode);
      return new LightClientStore(
          finalized,
          replay.remember(BeaconJson.committee(VectorJson.field(store, "current_sync_committee"))),
          VectorJson.optional(store, "next_sync_committee")
              .map(BeaconJson::committee)
              .map(replay::remember),
          Optional.empty(),
          VectorJson.optional(store, "optimistic_header").map(reader::header).orElse(finalized),
          0,
          0);
    }

    /** IBC eureka keeps slot, state root and the roots of both committees. */
    private LightClientStore summary(JsonNode initial) {
      LightClientHeader header =
          Summaries.header(
              BeaconJson.uint64(initial, "slot"), BeaconJson.hash(initial, "execution_state_root"));
      return new LightClientStore(
          header,
          Summaries.committee(VectorJson.field(initial, "current_sync_committee")),
          VectorJson.optional(initial, "next_sync_committee").map(Summaries::committee),
          Optional.empty(),
          header,
          0,
          0);
    }

    private Outcome membership(JsonNode step) {
      Hash32 stateRoot = BeaconJson.hash(step, "execution_state_root");
      if (step.has("at_slot")
          && !replay
              .stateRootAt(BeaconJson.uint64(step, "at_slot"))
              .equals(Optional.of(stateRoot))) {
        return Outcome.rejected(RejectionCode.ROOT_MISMATCH, "not final at this slot");
      }
      return Outcome.of(StateClaims.membership(stateRoot, step));
    }
  }
}
