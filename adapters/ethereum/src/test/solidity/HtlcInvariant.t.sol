// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TrestleHtlc} from "../../main/solidity/TrestleHtlc.sol";
import {TestToken} from "./tokens/TestToken.sol";
import {Receiver} from "./BadTokens.sol";
import {Base} from "./Base.sol";

/// @dev Locks, claims and refunds in any order, with coins and tokens, single and in batches.
contract HtlcHandler is Base {
    TrestleHtlc public immutable htlc = new TrestleHtlc();
    TestToken public immutable token = new TestToken();
    TrestleHtlc.Terms[] private locks;
    bytes32[] private secrets;
    address[3] private parties;
    uint256 public paidCoins;
    uint256 public paidTokens;
    bool public wronglyTimed;

    receive() external payable {}

    constructor() {
        Receiver refusing = new Receiver();
        refusing.set(Receiver.Mode.REFUSE, htlc, "");
        parties = [address(0xA1), address(0xA2), address(refusing)];
        token.mint(address(this), type(uint128).max);
        token.approve(address(htlc), type(uint256).max);
    }

    function terms(uint96 amount, uint8 who, uint32 lifetime, bool coin) private returns (TrestleHtlc.Terms memory) {
        bytes32 secret = keccak256(abi.encode(secrets.length / 2)); // every hash is used twice
        secrets.push(secret);
        address asset = coin ? address(0) : address(token);
        uint64 expiry = uint64(block.timestamp + lifetime % 5_000);
        return TrestleHtlc.Terms(
            sha256(abi.encodePacked(secret)), asset, amount, parties[who % 3], parties[(who / 3) % 3], expiry
        );
    }

    function lock(uint96 amount, uint8 who, uint32 lifetime, bool coin) external {
        TrestleHtlc.Terms memory t = terms(amount, who, lifetime, coin);
        if (coin) vm.deal(address(this), amount);
        htlc.lock{value: coin ? amount : 0}(t.hash, t.token, t.amount, t.claimer, t.refunder, t.expiry);
        locks.push(t);
    }

    function lockTwo(uint96 amount, uint8 who, uint32 lifetime, bool coin) external {
        TrestleHtlc.Terms[] memory two = new TrestleHtlc.Terms[](2);
        two[0] = terms(amount, who, lifetime, coin);
        two[1] = terms(amount, who / 2, lifetime / 2, true);
        vm.deal(address(this), 2 * uint256(amount));
        htlc.lockBatch{value: 2 * uint256(amount)}(two);
        locks.push(two[0]);
        locks.push(two[1]);
    }

    function claim(uint8 which, bool rightSecret) external {
        uint256 i = which % locks.length;
        TrestleHtlc.Terms memory t = locks[i];
        htlc.claim(rightSecret ? secrets[i] : bytes32(uint256(which)), t.token, t.amount, t.claimer, t.refunder, t.expiry);
        count(t);
        if (block.timestamp >= t.expiry || !rightSecret) wronglyTimed = true;
    }

    function claimTwo(uint8 which, uint8 other) external {
        TrestleHtlc.Terms[] memory two = new TrestleHtlc.Terms[](2);
        bytes32[] memory with = new bytes32[](2);
        uint256[2] memory before;
        for (uint256 k = 0; k < 2; k++) {
            uint256 i = (k == 0 ? which : other) % locks.length;
            two[k] = locks[i];
            with[k] = secrets[i];
            before[k] = htlc.status(htlc.lockIdOf(two[k]));
        }
        htlc.claimBatch(with, two);
        for (uint256 k = 0; k < 2; k++) {
            if (k == 1 && htlc.lockIdOf(two[0]) == htlc.lockIdOf(two[1])) break;
            if (before[k] == 1 && htlc.status(htlc.lockIdOf(two[k])) == 2) count(two[k]);
        }
    }

    function refund(uint8 which) external {
        TrestleHtlc.Terms memory t = locks[which % locks.length];
        htlc.refund(t.hash, t.token, t.amount, t.claimer, t.refunder, t.expiry);
        count(t);
        if (block.timestamp < t.expiry) wronglyTimed = true;
    }

    function pass(uint16 time) external {
        vm.warp(block.timestamp + time % 1_000);
    }

    function count(TrestleHtlc.Terms memory t) private {
        if (t.token == address(0)) paidCoins += t.amount;
        else paidTokens += t.amount;
    }

    function locked(address asset) external view returns (uint256 sum) {
        for (uint256 i = 0; i < locks.length; i++) {
            if (locks[i].token == asset && htlc.status(htlc.lockIdOf(locks[i])) == 1) sum += locks[i].amount;
        }
    }

    function held(address asset) external view returns (uint256 sum) {
        for (uint256 i = 0; i < 3; i++) {
            sum += asset == address(0) ? parties[i].balance : token.balanceOf(parties[i]);
        }
    }
}

contract HtlcInvariantTest is Base {
    HtlcHandler private handler;

    function setUp() public {
        vm.warp(1_800_000_000);
        handler = makeHandler();
    }

    function makeHandler() internal virtual returns (HtlcHandler) {
        return new HtlcHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_lockedIsWhatTheContractHolds() public view {
        assertEq(handler.locked(address(0)), address(handler.htlc()).balance);
        assertEq(handler.locked(address(handler.token())), handler.token().balanceOf(address(handler.htlc())));
    }

    function invariant_everyLockIsPaidOnce() public view {
        assertEq(handler.paidCoins(), handler.held(address(0)));
        assertEq(handler.paidTokens(), handler.held(address(handler.token())));
        assertTrue(!handler.wronglyTimed(), "claimed after or refunded before the expiry");
    }
}
