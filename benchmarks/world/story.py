"""All that happens in a world, drawn once and told as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.world.circles import Acquaintance, Circles, Members, draw_circles
from benchmarks.world.goods import (
    Lines,
    Listings,
    Merchants,
    draw_lines,
    draw_listings,
    draw_merchants,
)
from benchmarks.world.outside import (
    Avoided,
    Follows,
    Hard,
    Likes,
    Personas,
    Posts,
    PutAway,
    Remarks,
    draw_avoided,
    draw_follows,
    draw_likes,
    draw_personas,
    draw_posts,
    draw_put_away,
    draw_remarks,
    hard_case,
)
from benchmarks.world.people import People, draw_people
from benchmarks.world.plan import World
from benchmarks.world.shares import (
    Audiences,
    Said,
    Shares,
    draw_audiences,
    draw_said,
    draw_shares,
    shown_to,
)
from benchmarks.world.ties import Apart, Edges, Friends, code, draw_apart, draw_edges, friends_of


@dataclass(frozen=True, slots=True)
class Inside:
    people: People
    edges: Edges
    friends: Friends
    blocks: Apart
    hidden: Apart
    """Who never wants to meet whose telephone number outside."""
    circles: Circles
    members: Members
    merchants: Merchants
    listings: Listings
    lines: Lines
    shares: Shares
    audiences: Audiences
    comments: Said
    useful: Said


@dataclass(frozen=True, slots=True)
class Outside:
    hard: Hard
    personas: Personas
    posts: Posts
    likes: Likes
    remarks: Remarks
    avoided: Avoided
    put_away: PutAway
    follows: Follows


@dataclass(frozen=True, slots=True)
class Story:
    world: World
    inside: Inside
    outside: Outside


def draw_story(world: World) -> Story:
    """Draw it. The same world is always told the same story."""
    inside = _draw_inside(world)
    return Story(world, inside, _draw_outside(world, inside))


def _draw_inside(world: World) -> Inside:
    people = draw_people(world)
    edges = draw_edges(world, people)
    friends = friends_of(world, edges)
    known = code(edges.asked, edges.accepted, world.people)
    blocks = draw_apart(world, "blocks", known)
    known = np.append(known, code(blocks.owner, blocks.other, world.people))
    hidden = draw_apart(world, "hidden numbers", known).of(people.has_phone)
    circles, members = draw_circles(world, friends, edges)
    listings, lines = draw_listings(world), draw_lines(world, people)
    shares = draw_shares(world, people, listings, lines)
    audiences = draw_audiences(world, circles, shares)
    seen = shown_to(audiences, members)
    return Inside(
        people=people, edges=edges, friends=friends, blocks=blocks, hidden=hidden, circles=circles,
        members=members, merchants=draw_merchants(world, people), listings=listings, lines=lines,
        shares=shares, audiences=audiences,
        comments=draw_said(world, people, shares, seen, what="comments", part=0.1 * world.rare),
        useful=draw_said(world, people, shares, seen, what="useful", part=0.2 * world.rare),
    )  # fmt: skip


def _draw_outside(world: World, inside: Inside) -> Outside:
    people = inside.people
    knows = Acquaintance(world, inside.edges, inside.members)
    hard = hard_case(world, people, inside.edges, inside.friends)
    personas = draw_personas(world, people, hard)
    posts = draw_posts(world, people, personas, hard)
    parts = [code(some.owner, some.other, world.people) for some in (inside.blocks, inside.hidden)]
    apart = np.concatenate(parts)
    return Outside(
        hard, personas, posts, draw_likes(world, personas, posts, knows),
        draw_remarks(world, personas, posts, knows), draw_avoided(world, personas, knows, apart),
        draw_put_away(world, personas, posts, knows), draw_follows(world, personas),
    )  # fmt: skip
