// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TrestleBridge} from "../../main/solidity/TrestleBridge.sol";
import {WrappedAsset} from "../../main/solidity/WrappedAsset.sol";
import {Base} from "./Base.sol";
import {BridgeFixture} from "./BridgeFixture.sol";

/// @dev Does what relayers, holders and attackers do, in any order.
contract BridgeHandler is BridgeFixture {
    uint256 public proven;
    uint256 public burned;
    uint256 public sent;
    uint64 private sequence;
    address[3] private holders = [address(0xA1), address(0xA2), address(0xA3)];
    mapping(uint64 => TrestleBridge.Payload) private payloads;
    bool public replayed;
    bool public forged;

    constructor() {
        prepare();
    }

    function deposit(uint96 amount, uint8 who) external {
        payloads[++sequence] = transferOf(BTC, amount, holders[who % 3]);
        deliver(packetOf(sequence, payloads[sequence]));
        proven += amount;
    }

    function replay(uint64 which) external {
        uint64 old = 1 + which % sequence;
        deliver(packetOf(old, payloads[old]));
        replayed = true;
    }

    function forge(uint96 amount, uint8 who, uint8 mask) external {
        TrestleBridge.PacketFields memory packet =
            packetOf(sequence + 1_000, transferOf(BTC, amount, holders[who % 3]));
        bytes memory header = headerOf(rootOf(oneLeaf(idOf(packet))));
        uint256 two = [uint256(0), 1, 2, 3, 4, 5, 6, 8, 9, 10, 12][mask % 11];
        bytes memory certificate = certify(header, HEIGHT, validatorKeys, two);
        bridge.receivePacket(header, certificate, validators, packet, 0, 1, new bytes32[](0));
        forged = true;
    }

    function burnSome(uint96 amount, uint8 who) external {
        address from = holders[who % 3];
        uint256 value = bound(amount, 0, token(BTC).balanceOf(from));
        vm.prank(from);
        bridge.burn(btcId, value, hex"0014");
        burned += value;
        sent++;
    }

    function move(uint96 amount, uint8 who) external {
        address from = holders[who % 3];
        uint256 value = bound(amount, 0, token(BTC).balanceOf(from));
        WrappedAsset btc = token(BTC);
        vm.prank(from);
        btc.transfer(holders[(who / 3) % 3], value);
    }

    function supply() external view returns (uint256) {
        return token(BTC).totalSupply();
    }

    function held() external view returns (uint256 sum) {
        for (uint256 i = 0; i < 3; i++) {
            sum += token(BTC).balanceOf(holders[i]);
        }
    }

    function sequenceBack() external view returns (uint64) {
        (,, bytes32 back,) = bridge.assetOf(sha256(bytes(BTC)));
        return bridge.lastSent(back);
    }
}

contract BridgeInvariantTest is Base {
    BridgeHandler private handler;

    function setUp() public {
        handler = new BridgeHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_mintedIsWhatWasProvenMinusWhatWasBurned() public view {
        assertEq(handler.supply(), handler.proven() - handler.burned());
    }

    function invariant_nothingIsExecutedTwiceOrWithoutQuorum() public view {
        assertTrue(!handler.replayed(), "replayed");
        assertTrue(!handler.forged(), "forged");
    }

    function invariant_supplyIsWhatHoldersHave() public view {
        assertEq(handler.supply(), handler.held());
    }

    function invariant_everyBurnHasASequence() public view {
        assertEq(handler.sequenceBack(), handler.sent());
    }
}
