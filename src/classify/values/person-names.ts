/**
 * Given and family names that are common in about twenty countries, lower case without diacritics: enough that a column
 * of people has a third of its values here, and one of products or places next to none. Words that are common nouns,
 * places or months (April, Paris, Rose, Will) are left out. From public statistics of first names.
 */
const GIVEN = `
james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony donald steven paul
andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas eric jonathan stephen
larry justin scott brandon benjamin samuel gregory frank alexander raymond patrick dennis jerry tyler aaron jose adam henry
nathan douglas zachary peter kyle walter ethan jeremy harold keith christian roger noah gerald carl terry sean arthur lawrence
jesse dylan bryan joe billy bruce albert willie gabriel logan alan juan wayne roy ralph randy eugene vincent russell elijah
louis bobby philip johnny mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra
margaret ashley kimberly emily donna michelle carol amanda melissa deborah stephanie dorothy rebecca sharon laura cynthia amy
kathleen angela shirley brenda emma anna pamela nicole samantha katherine christine helen debra rachel carolyn janet maria
catherine heather diane olivia julie joyce victoria ruth virginia lauren kelly christina joan evelyn judith andrea hannah
megan cheryl jacqueline martha madison teresa gloria sara janice ann kathryn abigail sophia frances jean alice judy isabella
julia amber denise danielle marilyn beverly charlotte natalie theresa diana brittany kayla alexis lori oliver liam lucas mason
jack harry charlie leo oscar archie alfie freddie isla amelia ava mia ella sophie lucy grace chloe evie poppy lily
hans peter klaus jurgen wolfgang stefan andreas uwe matthias sebastian florian tobias felix maximilian jonas lukas leon finn
paul moritz jan tim niklas heinz karl-heinz helmut gerhard bernd manfred dieter rainer monika petra sabine renate ursula helga
ingrid gisela birgit heike kerstin anja katrin claudia nicole silke lena lea marie leonie johanna greta frieda
pierre jacques philippe nicolas laurent julien olivier sebastien francois antoine guillaume mathieu thibault hugo theo enzo
luc rene marcel andre claude yves isabelle nathalie sylvie celine aurelie camille manon chloe lea ines juliette margaux elodie
francoise monique brigitte veronique sandrine amelie
antonio manuel francisco javier carlos miguel alejandro pablo sergio fernando jorge luis alberto alvaro adrian diego raul ivan
ruben enrique ramon vicente andres joaquin santiago mateo carmen josefa isabel dolores pilar lucia cristina marta paula elena
ana raquel beatriz rocio sofia valentina camila ximena guadalupe martina daniela
giuseppe giovanni mario luigi roberto marco francesco andrea stefano alessandro angelo vincenzo pietro salvatore luca lorenzo
matteo davide giulia francesca chiara federica alessia sofia giorgia valentina elisa ilaria paola giovanna lucia caterina
joao antonio paulo pedro lucas luiz marcos rafael marcelo bruno eduardo felipe rodrigo gustavo thiago mariana fernanda juliana
aline leticia larissa camila gabriela amanda adriana patricia aparecida francisca antonia vitoria
jan johannes cornelis hendrik willem pieter dirk sanne daan sem bram lotte fleur femke maaike anouk jeroen bas sander joost
krzysztof piotr andrzej tomasz pawel marcin michal grzegorz jerzy lukasz zbigniew katarzyna malgorzata agnieszka krystyna ewa
elzbieta joanna magdalena zofia aleksandra jakub mateusz kacper
lars mikael anders johan erik per karl fredrik nils olof sven bjorn astrid ingrid kristina birgitta margareta elin karin
ole jens henrik soren mette kirsten hanne kari liv eero juha mikko timo tuula paivi
mehmet mustafa ahmet ali huseyin hasan ibrahim yusuf murat omer fatma ayse emine hatice zeynep elif merve
mohammed muhammad ahmed mohamed omar khaled fatima aisha layla yasmin amina hassan ibrahim abdul abdullah tariq zainab
rahul amit rajesh sanjay vijay suresh ramesh anil sunil arjun rohan priya anjali pooja neha kavita sunita deepa lakshmi ravi
wei fang xiuying min jing qiang lei juan yang hiroshi takashi kenji yuki haruto sakura yui aoi hina ren sota kaito yuto misaki
minjun seoyeon jiho jiwoo minseo siti agus budi dewi putri nguyen thi sergei alexei dmitri ivan olga tatiana natalia elena
irina svetlana ekaterina anastasia vladimir mikhail nikolai yuri aleksei oksana petr jiri josef pavel martin tomas jaroslav
jana eva hana lenka katerina zuzana ion gheorghe vasile mihai andrei alexandru elena ioana mihaela`;

const FAMILY = `
smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson anderson thomas taylor
moore jackson martin lee perez thompson white harris sanchez clark ramirez lewis robinson walker young allen king wright scott
torres nguyen hill flores green adams nelson baker hall rivera campbell mitchell carter roberts evans edwards collins stewart
morris murphy cook rogers morgan peterson cooper reed bailey bell gomez kelly howard ward cox diaz richardson wood watson brooks
bennett gray james reyes cruz hughes price myers long foster sanders ross morales powell sullivan russell ortiz jenkins
gutierrez perry butler barnes fisher muller schmidt schneider fischer weber meyer wagner becker schulz hoffmann schafer koch
bauer richter klein wolf schroder neumann schwarz zimmermann braun kruger hofmann hartmann lange werner krause lehmann dubois
durand leroy moreau laurent lefebvre michel bertrand roux fournier girard bonnet dupont lambert fontaine rousseau rossi russo
ferrari esposito bianchi romano colombo ricci marino greco bruno gallo conti costa silva santos oliveira souza pereira lima
carvalho ferreira rodrigues almeida alves ribeiro jansen bakker visser smit meijer boer mulder bos nowak kowalski wisniewski
wojcik kowalczyk kaminski lewandowski zielinski andersson johansson karlsson nilsson eriksson larsson olsson persson svensson
hansen johansen olsen larsen nielsen jensen pedersen andersen yilmaz kaya demir celik sahin khan singh kumar sharma patel gupta
verma reddy wang zhang chen liu yang huang zhao wu zhou xu sun tanaka sato suzuki takahashi watanabe ito yamamoto nakamura
kobayashi kato kim park choi jung kang ivanov petrov smirnov kuznetsov popov novak svoboda dvorak horvat popescu ionescu`;

const FIRST = new Set(GIVEN.split(/\s+/).filter(Boolean));
const LAST = new Set(FAMILY.split(/\s+/).filter(Boolean));
/** Companies are often called after people. */
const COMPANY = new Set(
  'inc llc ltd gmbh ag plc corp co group sons and & und et company bros partners associates sa srl bv ab kg street st avenue road hotel university hospital airport'.split(
    ' ',
  ),
);
const NOT_LATIN_NAME =
  /^(?:[\p{sc=Han}]{2,4}|[\p{sc=Han}]{1,4}[ \u3000][\p{sc=Han}]{1,4}|[\p{sc=Hangul}]{2,4}|[\p{sc=Katakana}ー]{2,8}[ \u3000][\p{sc=Katakana}ー]{2,8})$/u;

/** Whether a value reads as a person's name. @returns how: a known given name, a known family name, or a script of which none is listed */
export function personName(value: string): 'given' | 'family' | 'script' | undefined {
  if (value.length < 2 || value.length > 60) return undefined;
  const words = value
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .split(/[ ,.\u3000]+/)
    .filter(Boolean);
  if (words.length === 0 || words.length > 5) return undefined;
  if (/\d/.test(value) || words.some((word) => COMPANY.has(word))) return undefined;
  if (words.some((word) => FIRST.has(word))) return 'given';
  if (words.some((word) => LAST.has(word))) return 'family';
  return NOT_LATIN_NAME.test(value) ? 'script' : undefined;
}

/** For telling a header row from a first row of data. */
export function isGivenName(word: string): boolean {
  return FIRST.has(word.toLowerCase());
}
